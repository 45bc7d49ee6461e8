// A list cut out of an answer's text, by the spans that the wasm found: see src/spans.rs.

/** Stands in place of an item's span where the spans of its values follow. */
const LIKE = 0;
/** Set in the start of a value that is not text, or has escapes. */
const SPELLED = 1 << 31;

interface ListEnvelope {
  readonly data: { readonly items: unknown[] };
}

/** The envelope of a text that was proven. Its values share the text's memory, where the engine can. */
export function envelopeOf(text: string, spans: Int32Array): object {
  const envelope = JSON.parse(text.slice(0, spans[0]) + text.slice(spans[1])) as ListEnvelope;
  const { items } = envelope.data;
  let like: Record<string, unknown> = {};
  let names: string[] = [];
  // A function for the next word would take as long again: `at` could not stay in a register.
  for (let at = 2; at < spans.length; ) {
    const start = spans[at++] as number;
    if (start === LIKE) {
      // A copy has the names already: no prototype is asked for a setter.
      const item = { ...like };
      for (let nth = 0; nth < names.length; nth++, at += 2) {
        item[names[nth] as string] = valueOf(text, spans[at] as number, spans[at + 1] as number);
      }
      items.push(item);
    } else {
      like = JSON.parse(text.slice(start, spans[at++])) as Record<string, unknown>;
      names = Object.keys(like);
      items.push(like);
    }
  }
  return envelope;
}

function valueOf(text: string, start: number, end: number): unknown {
  return start < 0 ? JSON.parse(text.slice(start ^ SPELLED, end)) : text.substring(start, end);
}
