declare module '*/cardwright.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

declare module '*/cardwright.wasm?module' {
  const module: WebAssembly.Module;
  export default module;
}
