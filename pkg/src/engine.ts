import { source } from '#source';
import { createGlue } from '#module/glue.js';
import { CardwrightError } from './error.js';
import type { Glue, Instance } from './glue.js';

/** Compiles the rules ahead of the first call, off the main thread where the engine can. */
export async function ready(): Promise<void> {
  await source.prepare();
}

/** What is called for each keystroke and not watched, which takes as long as the call: whoever calls it says when it traps. */
const DIRECT = ['judge', 'verdict'];

/**
 * One instance of the rules, replaced when it traps: after a trap its memory cannot be trusted, and a call that seems to
 * work may give a wrong answer.
 */
export class Engine<G extends Instance = Glue> {
  #glue: G | undefined;
  readonly #pending = new Set<() => void>();
  /** How many of our own calls are on the stack; what enters otherwise comes from the browser. */
  #calling = 0;

  /** Runs a call that may be repeated on a fresh instance: once, if the first one trapped. */
  pure<T>(use: (glue: G) => T): T {
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
  async once<T>(use: (glue: G) => Promise<T>): Promise<T> {
    let abandon = () => {};
    const trapped = new Promise<never>((_, reject) => {
      abandon = () => reject(internal());
    });
    this.#pending.add(abandon);
    try {
      return await Promise.race([this.#begin(use), trapped]);
    } finally {
      this.#pending.delete(abandon);
    }
  }

  /** What is thrown before there is a promise is a fault of ours, and no answer of the network's. */
  async #begin<T>(use: (glue: G) => Promise<T>): Promise<T> {
    let begun: Promise<T>;
    try {
      begun = this.#enter(use);
    } catch (cause) {
      if (cause instanceof CardwrightError) throw cause;
      this.#drop();
      throw internal(cause);
    }
    return begun;
  }

  /** The instance. If a call of it traps, it gives undefined, and the next one is of a fresh instance. */
  get glue(): G {
    return (this.#glue ??= this.#start());
  }

  /** Says that a call of {@link DIRECT} has trapped. */
  trapped(): void {
    this.#drop();
  }

  #enter<T>(use: (glue: G) => T): T {
    const { glue } = this;
    this.#calling += 1;
    try {
      return use(glue);
    } finally {
      this.#calling -= 1;
    }
  }

  #start(): G {
    // The bundle decides which module that is.
    const glue = createGlue() as G;
    // Every way into the wasm is watched, also the ones the browser takes by itself when a promise settles.
    const exports = { ...source.instantiate(glue.imports) };
    for (const [name, value] of Object.entries(exports)) {
      if (typeof value === 'function' && !DIRECT.includes(name)) exports[name] = this.#watch(value as (...args: unknown[]) => unknown);
    }
    glue.start(exports);
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
        // The glue finds in the memory that nothing was thrown, see xtask/src/glue.rs.
        return undefined;
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
  return new CardwrightError('internal_error', 'not_sent', { cause });
}

/** The instance that checks and reads. */
export const rules = new Engine();
/** The instance that sends; apart from the other, so that a fault in one leaves the other whole. */
export const transport = new Engine();
