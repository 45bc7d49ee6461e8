// A table as the rules read it (src/bulk/table.rs): a quote counts only where a cell begins.

/** What parts two cells: whatever the header has most of, outside quotes. */
export function delimiterOf(text) {
  const counts = new Map([[',', 0], [';', 0], ['\t', 0]]);
  let isQuoted = false;
  let before = ',';
  for (const sign of text) {
    if (sign === '"' && (isQuoted || before === '"' || counts.has(before))) isQuoted = !isQuoted;
    if (!isQuoted && (sign === '\n' || sign === '\r')) break;
    if (!isQuoted && counts.has(sign)) counts.set(sign, counts.get(sign) + 1);
    before = sign;
  }
  return [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
}

/** The lines of a table; a line break within quotes belongs to its cell, and an empty line is no row. */
export function linesOf(text, delimiter) {
  const lines = [];
  for (let from = 0, at = 0; from < text.length; at += 1) {
    at = endOfCell(text, at, delimiter);
    if (text[at] === delimiter) continue;
    const line = text.slice(from, at);
    if (line !== '' && line !== '""') lines.push(line);
    from = at + 1;
  }
  return lines;
}

/** The cells of a line. */
export function cellsOf(line, delimiter) {
  const cells = [];
  for (let from = 0, end; from <= line.length; from = end + 1) {
    end = endOfCell(line, from, delimiter);
    const cell = line.slice(from, end);
    cells.push(/^".*"$/s.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell);
  }
  return cells;
}

/** A line with these cells. */
export function lineOf(cells, delimiter) {
  return Array.from(cells, (cell = '') => (/["\r\n,;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter);
}

function endOfCell(text, from, delimiter) {
  let at = from;
  if (text[at] === '"') {
    // A quote that is written twice is one of the text.
    do at = text.indexOf('"', at + 1) + 1 || text.length;
    while (text[at] === '"');
  }
  while (at < text.length && text[at] !== delimiter && text[at] !== '\n' && text[at] !== '\r') at += 1;
  return at;
}
