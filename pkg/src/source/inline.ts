// The default entry: the module stands in the source as base64 and is compiled at the first call.

import { bytesOf } from '../base64.js';
import type { CardwrightError } from '../error.js';
import { wasmBase64 } from '../generated/wasm.js';
import { instance, unavailable } from './module.js';
import type { Source } from './source.js';

let compiled: WebAssembly.Module | undefined;
/** Why the page refused. Its policy will not change, and each try would be reported as one more violation of it. */
let refusal: CardwrightError | undefined;

function refused(cause: unknown): CardwrightError {
  const error = unavailable(cause);
  // Any other failure, such as a lack of memory, may pass.
  if (cause instanceof Error && cause.name === 'CompileError') refusal = error;
  return error;
}

export const source: Source = {
  instantiate(imports) {
    if (refusal) throw refusal;
    try {
      compiled ??= new WebAssembly.Module(bytesOf(wasmBase64));
    } catch (cause) {
      throw refused(cause);
    }
    return instance(compiled, imports);
  },
  async prepare() {
    if (refusal) throw refusal;
    try {
      compiled ??= await WebAssembly.compile(bytesOf(wasmBase64));
    } catch (cause) {
      throw refused(cause);
    }
  },
};
