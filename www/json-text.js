import { element } from './element.js';

/** A name and its colon, a text, or a bare word; what lies between is punctuation. */
const TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;

/** JSON text indented; text that is no JSON as it is. */
export function indented(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** JSON text in pieces, with its names and values told apart. */
export function jsonPieces(text) {
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(TOKEN)) {
    const [token, quoted, colon = ''] = match;
    const kind = colon ? 'name' : quoted ? 'text' : 'word';
    pieces.push(text.slice(end, match.index), element('span', { class: `json-${kind}` }, quoted ?? token), colon);
    end = match.index + token.length;
  }
  return [...pieces, text.slice(end)];
}
