import { CardwrightError } from '../error.js';

/** An instance of a compiled module. */
export function instance(module: WebAssembly.Module, imports: WebAssembly.ModuleImports): WebAssembly.Exports {
  try {
    return new WebAssembly.Instance(module, { glue: imports }).exports;
  } catch (cause) {
    // Another version of this package was compiled to other imports.
    throw cause instanceof WebAssembly.LinkError ? missing(cause) : cause;
  }
}

/** The page does not allow WebAssembly, or its browser has none. */
export function unavailable(cause: unknown): CardwrightError {
  return new CardwrightError('wasm_unavailable', 'not_sent', { cause });
}

/** The module was not given, or what was given is not it. */
export function missing(cause?: unknown): CardwrightError {
  return new CardwrightError('wasm_missing', 'not_sent', { cause });
}
