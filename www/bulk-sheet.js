import { cellsOf, delimiterOf, lineOf, linesOf } from './bulk-table.js';

/** What a file holds, as rows of text that can be changed one by one. A JSON list becomes an object on each line. */
export class Sheet {
  /** How its text is written: `csv` or `ndjson`. */
  format;
  delimiter;
  /** The names a row can have, in the order of the file. */
  columns;
  #header = '';
  #rows;
  /** The number each row had in the file: its name, whatever was left out since. */
  #numbers;

  /** Reads a file's text. Throws a `SyntaxError` where it is no JSON. */
  constructor(text) {
    const whole = text.replace(/^\ufeff/, '');
    const start = whole.trimStart()[0];
    if (start === '[') this.#takeObjects(JSON.parse(whole).map((row) => JSON.stringify(row)));
    else if (start === '{') this.#takeObjects(whole.split(/\r?\n/).filter((line) => line.trim() !== ''));
    else this.#takeTable(whole);
    this.#numbers = this.#rows.map((_, at) => at + 1);
  }

  get length() {
    return this.#rows.length;
  }

  /** The whole as it is now, for the check and for the run. */
  get text() {
    return [...(this.format === 'csv' ? [this.#header] : []), ...this.#rows].join('\n');
  }

  /** The number in the file of what is now the nth row, from 1. Behind the last row, where a file breaks off, there is none other. */
  number(row) {
    return this.#numbers[row - 1] ?? row;
  }

  /** Whether a row can be given another value there. */
  has(path) {
    return this.format === 'ndjson' || this.columns.includes(path);
  }

  /** The value at a dotted path of the row with that number; empty where there is none. */
  value(number, path) {
    const text = this.#rows[this.#numbers.indexOf(number)] ?? '';
    if (this.format === 'csv') return cellsOf(text, this.delimiter)[this.columns.indexOf(path)] ?? '';
    const value = path.split('.').reduce((object, name) => object?.[name], parsed(text));
    return value == null || typeof value === 'object' ? '' : String(value);
  }

  /** Changes the row with that number; one that was left out stays so. */
  change(number, path, value) {
    const at = this.#numbers.indexOf(number);
    const text = this.#rows[at];
    if (text !== undefined) this.#rows[at] = this.format === 'csv' ? this.#withCell(text, path, value) : withMember(text, path, value);
  }

  /** Leaves the rows with these numbers out. */
  remove(numbers) {
    const gone = new Set(numbers);
    const stays = (_, at) => !gone.has(this.#numbers[at]);
    this.#rows = this.#rows.filter(stays);
    this.#numbers = this.#numbers.filter(stays);
  }

  #takeObjects(lines) {
    this.format = 'ndjson';
    this.#rows = lines;
    this.columns = namesOf(parsed(lines[0] ?? '{}'));
  }

  #takeTable(text) {
    this.format = 'csv';
    const whole = text.replace(/^[\r\n]+/, '');
    this.delimiter = delimiterOf(whole);
    const [header = '', ...rows] = linesOf(whole, this.delimiter);
    this.#header = header;
    this.#rows = rows;
    this.columns = cellsOf(header, this.delimiter).map((name) => name.trim());
  }

  #withCell(text, path, value) {
    const cells = cellsOf(text, this.delimiter);
    cells[this.columns.indexOf(path)] = value;
    return lineOf(cells, this.delimiter);
  }
}

/** A line that is no JSON has no values; the check says what it is. */
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

function withMember(line, path, value) {
  const row = parsed(line);
  const names = path.split('.');
  const last = names.pop();
  const place = names.reduce((object, name) => (object[name] ??= {}), row);
  place[last] = value;
  return JSON.stringify(row);
}

function namesOf(row, above = '') {
  const names = typeof row === 'object' && row !== null ? Object.entries(row) : [];
  return names.flatMap(([name, value]) => (typeof value === 'object' && value !== null ? namesOf(value, `${above}${name}.`) : [`${above}${name}`]));
}
