// The default entry: the module stands in the source as text and is compiled at the first call.

import { CardwrightError } from '../error.js';
import { wasmSum, wasmText } from '#module/wasm.js';
import { bytesOf } from '../module-text.js';
import { instance, unavailable } from './module.js';
import type { Source } from './source.js';

let compiled: WebAssembly.Module | undefined;
/** Why the page refused. Its policy will not change, and each try would be reported as one more violation of it. */
let refusal: CardwrightError | undefined;

function refused(cause: unknown): CardwrightError {
  // The text of the module is not what was built: no page's policy is to blame.
  if (cause instanceof CardwrightError) return cause;
  const error = unavailable(cause);
  // Any other failure, such as a lack of memory, may pass.
  if (cause instanceof Error && cause.name === 'CompileError') refusal = error;
  return error;
}

export const source: Source = {
  instantiate(imports) {
    if (refusal) throw refusal;
    try {
      compiled ??= new WebAssembly.Module(bytesOf(wasmText, wasmSum));
    } catch (cause) {
      throw refused(cause);
    }
    return instance(compiled, imports);
  },
  async prepare() {
    if (refusal) throw refusal;
    try {
      compiled ??= await WebAssembly.compile(bytesOf(wasmText, wasmSum));
    } catch (cause) {
      throw refused(cause);
    }
  },
};
