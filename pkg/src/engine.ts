import { createGlue, type Glue } from './generated/glue.js';
import { wasmBase64 } from './generated/wasm.js';
import { CardwrightError } from './error.js';

let compiled: WebAssembly.Module | undefined;

function bytes(): Uint8Array<ArrayBuffer> {
  const text = atob(wasmBase64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) bytes[at] = text.charCodeAt(at);
  return bytes;
}

function unavailable(cause: unknown): CardwrightError {
  return new CardwrightError('wasm_unavailable', 'not_sent', { cause: cause instanceof Error ? cause : undefined });
}

function compileNow(): WebAssembly.Module {
  try {
    return (compiled ??= new WebAssembly.Module(bytes()));
  } catch (cause) {
    throw unavailable(cause);
  }
}

/** Compiles the rules ahead of the first call, off the main thread where the engine can. */
export async function ready(): Promise<void> {
  try {
    compiled ??= await WebAssembly.compile(bytes());
  } catch (cause) {
    throw unavailable(cause);
  }
}

/**
 * One instance of the wasm, replaced when it traps: after a trap its memory cannot be trusted, and a call that seems to
 * work may give a wrong answer.
 */
export class Engine {
  #glue: Glue | undefined;
  readonly #pending = new Set<() => void>();
  /** How many of our own calls are on the stack; what enters otherwise comes from the browser. */
  #calling = 0;

  /** Runs a call that may be repeated on a fresh instance: once, if the first one trapped. */
  pure<T>(use: (glue: Glue) => T): T {
    try {
      return this.#enter(use);
    } catch (cause) {
      if (cause instanceof CardwrightError) throw cause;
      this.#drop();
      try {
        return this.#enter(use);
      } catch (cause) {
        this.#drop();
        throw internal(cause);
      }
    }
  }

  /** Runs a call that must not be repeated. If the instance traps before it settles, it rejects at once. */
  async once<T>(use: (glue: Glue) => Promise<T>): Promise<T> {
    let abandon = () => {};
    const trapped = new Promise<never>((_, reject) => {
      abandon = () => reject(internal());
    });
    this.#pending.add(abandon);
    try {
      return await Promise.race([this.#enter(use), trapped]);
    } finally {
      this.#pending.delete(abandon);
    }
  }

  #enter<T>(use: (glue: Glue) => T): T {
    const glue = (this.#glue ??= this.#start());
    this.#calling += 1;
    try {
      return use(glue);
    } finally {
      this.#calling -= 1;
    }
  }

  #start(): Glue {
    const glue = createGlue();
    const instance = new WebAssembly.Instance(compileNow(), { './cardwright_bg.js': glue.imports });
    // Every way into the wasm is watched, also the ones the browser takes by itself when a promise settles.
    const watched = Object.fromEntries(
      Object.entries(instance.exports).map(([name, value]) => [
        name,
        typeof value === 'function' ? this.#watch(value as (...args: unknown[]) => unknown) : value,
      ]),
    );
    glue.start(watched);
    return glue;
  }

  #watch(enter: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
    return (...args) => {
      try {
        return enter(...args);
      } catch (cause) {
        // No import lets an exception through, so what comes out of the wasm is a trap or an exhausted stack.
        this.#drop();
        if (this.#calling > 0) throw cause;
        // Nobody of ours is there to catch it, and an uncaught exception would end a Node process. The pending calls know.
        // The glue takes what comes back for a pair: a value, and whether it was thrown.
        return [0, 0];
      }
    };
  }

  #drop(): void {
    this.#glue = undefined;
    for (const abandon of this.#pending) abandon();
    this.#pending.clear();
  }
}

function internal(cause?: unknown): CardwrightError {
  return new CardwrightError('internal_error', 'not_sent', { cause: cause instanceof Error ? cause : undefined });
}

/** The instance that checks and reads. */
export const rules = new Engine();
/** The instance that sends; apart from the other, so that a fault in one leaves the other whole. */
export const transport = new Engine();
