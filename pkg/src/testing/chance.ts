const HEX = '0123456789abcdef';

/** Numbers that look random and are the same for the same seed: mulberry32. */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** From 0 up to, and not, 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  digits(count: number): string {
    return Array.from({ length: count }, () => Math.floor(this.next() * 10)).join('');
  }

  /** Thirty-two hex digits in five groups, as the issuer's ids have them. */
  id(prefix: string): string {
    const group = (length: number) => Array.from({ length }, () => HEX[Math.floor(this.next() * 16)]).join('');
    return prefix + [8, 4, 4, 4, 12].map(group).join('-');
  }
}
