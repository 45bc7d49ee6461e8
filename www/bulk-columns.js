/** What the columns of a sheet are to an operation. */
export class BulkColumns {
  #sheet;
  #operation;
  #unused = new Set();

  constructor(sheet, operation) {
    this.#sheet = sheet;
    this.#operation = operation;
  }

  /** Whether any of them is a field. */
  get hasFields() {
    return this.#sheet.columns.some((name) => this.#fieldOf(name) !== undefined);
  }

  /** Those that can name a row: one that has no name itself cannot, such as those that a spreadsheet leaves behind. */
  get keys() {
    return this.#sheet.columns.filter((name) => name !== '' && !this.#isCredential(name));
  }

  /** The one that most likely does: what is no field of the card was kept for something. */
  get likelyKey() {
    const beside = this.keys.filter((name) => this.#fieldOf(name) === undefined);
    return beside.find((name) => /id|key|ref|no|num/i.test(name)) ?? beside[0] ?? this.keys.find((name) => /user/i.test(name));
  }

  /** What names the rows, if a column does: as the rules would not have it twice, a field is named as one. */
  rowKey(key) {
    return this.#fieldOf(key) ?? key;
  }

  /** Those that are passed over; never the one that names the rows. */
  unused(key) {
    return [...this.#unused].filter((name) => name !== key);
  }

  /** Passes columns over. Gives whether any was not passed over before. */
  passOver(names) {
    const before = this.#unused.size;
    for (const name of names) this.#unused.add(name);
    return this.#unused.size > before;
  }

  /** Those of a check's issues that are about a column the operation has no use for, and that does not look like a slip of the pen. */
  useless(issues) {
    return issues.filter(({ row, code, params }) => row === 0 && code === 'unknown_field' && params.nearest === undefined).map(({ column }) => column);
  }

  /** How the sheet is checked and issued. */
  options(key) {
    const { format, delimiter } = this.#sheet;
    if (format !== 'csv') return { format };
    return { format, delimiter, columns: Object.fromEntries(this.unused(key).map((name) => [name, null])) };
  }

  /** The field that a column is, by the rules of a table's header (src/bulk/header.rs): by its path, or by words that mean one field only. */
  #fieldOf(name) {
    const { fields } = this.#operation;
    if (Object.hasOwn(fields, name)) return name;
    if (this.#sheet.format !== 'csv') return undefined;
    const paths = Object.keys(fields);
    const meant = paths.filter((path) => {
      const isObject = paths.some((other) => other.startsWith(`${path}.`));
      return !isObject && [path, path.split('.').at(-1)].some((words) => plain(words) === plain(name));
    });
    return meant.length === 1 ? meant[0] : undefined;
  }

  #isCredential(name) {
    return this.#fieldOf(name) === undefined && Object.hasOwn(this.#operation.pick({ [name]: '' }), name);
  }
}

/** A name without its spelling. */
function plain(name) {
  return name.replace(/[^a-z0-9]/gi, '').toLowerCase();
}
