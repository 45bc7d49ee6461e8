// Workers compile nothing at run time: the module is imported, compiled.

import module from './cardwright.wasm';
import { instance } from './module.js';
import type { Source } from './source.js';

export const source: Source = { instantiate: (imports) => instance(module, imports), prepare: async () => {} };
