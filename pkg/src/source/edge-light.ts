// Edge runtimes compile nothing at run time: the module is imported, compiled. `?module` is how they are asked for it.

import module from './cardwright.wasm?module';
import { instance } from './module.js';
import type { Source } from './source.js';

export const source: Source = { instantiate: (imports) => instance(module, imports), prepare: async () => {} };
