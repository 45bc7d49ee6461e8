import { missing, unavailable } from './source/module.js';
import { provide, provided } from './source/slim.js';

/** A `WebAssembly.Module`: to the compiler any object, and a name that is missing where there is no DOM. */
export type CompiledWasm = object;

/** The module `cardwright/cardwright.wasm`: its bytes, its address, an answer that brings it, or compiled already. */
export type WasmSource = ArrayBuffer | ArrayBufferView | CompiledWasm | Response | URL | string;

/**
 * Loads and compiles the rules; every other call needs it done. An address is fetched, and an answer compiled while it
 * arrives. Further calls do nothing. Rejects with `wasm_missing` or `wasm_unavailable`.
 */
export async function init(source: WasmSource | PromiseLike<WasmSource>): Promise<void> {
  if (provided()) return;
  try {
    provide(await compile(await source));
  } catch (cause) {
    throw failure(cause);
  }
}

/** The same from bytes or a compiled module, at once. */
export function initSync(source: ArrayBuffer | ArrayBufferView | CompiledWasm): void {
  if (provided()) return;
  try {
    provide(isModule(source) ? source : new WebAssembly.Module(source));
  } catch (cause) {
    throw failure(cause);
  }
}

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (isModule(source)) return source;
  const answer = typeof source === 'string' || isA(source, 'URL') ? await fetch(source) : source;
  if (!isA(answer, 'Response')) return WebAssembly.compile(answer);
  if (!answer.ok) throw new Error(`expected cardwright.wasm, found status ${answer.status}`);
  // Browsers stream nothing that a server gave another type.
  const streams = answer.headers.get('content-type') === 'application/wasm' && 'compileStreaming' in WebAssembly;
  return streams ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer());
}

/** Tells a page that allows no module at all from one that was given a wrong one. */
function failure(cause: unknown): Error {
  try {
    const smallest = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
    void new WebAssembly.Module(smallest);
    return missing(cause);
  } catch {
    return unavailable(cause);
  }
}

function isModule(source: unknown): source is WebAssembly.Module {
  return isA(source, 'WebAssembly.Module');
}

/** By name, because `instanceof` knows nothing of another realm, such as the one edge runtimes and jsdom make. */
function isA(value: unknown, name: 'Response'): value is Response;
function isA(value: unknown, name: 'URL'): value is URL;
function isA(value: unknown, name: 'WebAssembly.Module'): value is WebAssembly.Module;
function isA(value: unknown, name: string): boolean {
  return Object.prototype.toString.call(value) === `[object ${name}]`;
}
