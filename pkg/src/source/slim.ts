// `cardwright/slim`: the page brings the module, see ../init.ts.

import { instance, missing } from './module.js';
import type { Source } from './source.js';

let compiled: WebAssembly.Module | undefined;

/** Takes the module; the first one stays. */
export function provide(given: WebAssembly.Module): void {
  compiled ??= given;
}

/** Whether there is a module. */
export function provided(): boolean {
  return compiled !== undefined;
}

export const source: Source = {
  instantiate(imports) {
    if (compiled === undefined) throw missing();
    return instance(compiled, imports);
  },
  async prepare() {
    if (compiled === undefined) throw missing();
  },
};
