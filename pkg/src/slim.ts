export * from './index.js';
export { init, initSync, type WasmSource } from './init.js';
