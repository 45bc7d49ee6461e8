// `cardwright/no-wasm`: the same module, turned into JavaScript by Binaryen's wasm2js.

import { instantiate } from '../generated/no-wasm.js';
import type { Source } from './source.js';

export const source: Source = { instantiate, prepare: async () => {} };
