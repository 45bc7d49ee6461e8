// The file `bulk.js`: what is done with many rows. Every entry loads it when it is first asked for, see later.ts.

export { checkMany } from './check-many.js';
export { Run } from './run.js';
