/** UTF-8 as the glue needs it, one direction each. */
export interface Codecs {
  readonly TextDecoder: new (...options: never[]) => { decode(bytes?: Uint8Array): string };
  readonly TextEncoder: new () => { encodeInto(text: string, into: Uint8Array): { read: number; written: number } };
}

/** The platform's codecs, or ours where it has none: jsdom has none. Looked up when they are needed, not at import. */
export function codecs(): Codecs {
  return {
    TextDecoder: typeof TextDecoder === 'undefined' ? Utf8Decoder : (TextDecoder as Codecs['TextDecoder']),
    TextEncoder: typeof TextEncoder === 'undefined' ? Utf8Encoder : TextEncoder,
  };
}

/** Whether this is Node, or says so: text crosses there in other ways than in a browser. */
export function inNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } };
  return process?.versions?.node !== undefined;
}

/** Reads what Rust wrote, so it is UTF-8. */
class Utf8Decoder {
  decode(bytes = new Uint8Array()): string {
    let text = '';
    for (let at = 0; at < bytes.length; ) {
      const first = bytes[at++] as number;
      const more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
      let code = more === 0 ? first : first & (0x3f >> more);
      for (let left = more; left > 0; left--) code = (code << 6) | ((bytes[at++] as number) & 0x3f);
      text += String.fromCodePoint(code);
    }
    return text;
  }
}

/** Writes for Rust; there is always room for three bytes a UTF-16 unit. */
class Utf8Encoder {
  encodeInto(text: string, into: Uint8Array): { read: number; written: number } {
    let at = 0;
    for (const letter of text) {
      const found = letter.codePointAt(0) as number;
      const code = found >= 0xd800 && found <= 0xdfff ? 0xfffd : found;
      const more = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
      into[at++] = more === 0 ? code : ((0xff00 >> (more + 1)) & 0xff) | (code >> (6 * more));
      for (let left = more - 1; left >= 0; left--) into[at++] = 0x80 | ((code >> (6 * left)) & 0x3f);
    }
    return { read: text.length, written: at };
  }
}
