/**
 * Where the engine's instances come from. `#source` is one of the files beside this one; which, is chosen for each entry of
 * the package when it is bundled.
 */
export interface Source {
  /** Makes a fresh instance and gives its exports. Throws a `CardwrightError` where this page cannot have one. */
  instantiate(imports: WebAssembly.ModuleImports): WebAssembly.Exports;
  /** Does ahead of the first call what can be done ahead. */
  prepare(): Promise<void>;
}
