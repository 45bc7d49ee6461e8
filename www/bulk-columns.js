/** What the columns of a sheet are to an operation. */
export class BulkColumns {
  #sheet;
  #operation;

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

  /** Those of a table that the operation has no use for. Names of credentials are not passed over, so that the check refuses them. */
  passedOver(key) {
    if (this.#sheet.format !== 'csv') return [];
    return this.#sheet.columns.filter((name) => name !== key && !this.#isField(name) && !this.#isCredential(name));
  }

  /** How the sheet is checked and issued. */
  options(key) {
    const { format, delimiter } = this.#sheet;
    if (format !== 'csv') return { format };
    return { format, delimiter, columns: Object.fromEntries(this.passedOver(key).map((name) => [name, null])) };
  }

  #isField(name) {
    return Object.hasOwn(this.#operation.fields, name);
  }

  #isCredential(name) {
    return !this.#isField(name) && Object.hasOwn(this.#operation.pick({ [name]: '' }), name);
  }
}
