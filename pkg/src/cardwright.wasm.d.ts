/**
 * The rules as a WebAssembly module, for `init` of `cardwright/slim`. What the import gives is up to the bundler: the module,
 * compiled, or the address of the file.
 */
declare const source: object | string;
export default source;
