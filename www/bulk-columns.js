/** What the columns of a sheet are to an operation. */
export class BulkColumns {
  #sheet;
  #operation;
  #unused = new Set();

  constructor(sheet, operation) {
    this.#sheet = sheet;
    this.#operation = operation;
  }

  /** Those that can name a row. */
  get keys() {
    return this.#sheet.columns.filter((name) => !this.#isCredential(name));
  }

  /** The one that most likely does: what is no field of the card was kept for something. */
  get likelyKey() {
    const beside = this.keys.filter((name) => !this.#isField(name));
    return beside.find((name) => /id|key|ref|no|num/i.test(name)) ?? beside[0] ?? this.keys.find((name) => /user/.test(name));
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

  #isField(name) {
    return Object.hasOwn(this.#operation.fields, name);
  }

  #isCredential(name) {
    return !this.#isField(name) && Object.hasOwn(this.#operation.pick({ [name]: '' }), name);
  }
}
