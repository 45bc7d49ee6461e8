// Many rows checked one by one: what `checkMany` gives, for a list of objects. The key of a row is the member `rowKey`.

/** The operation as `client.bulk` wants it, with a `checkMany` that reads an array. */
export function byRow(operation) {
  return {
    name: operation.name,
    safety: operation.safety,
    with: (settings) => byRow(operation.with(settings)),
    async checkMany(rows, { rowKey }) {
      const checked = rows.map(({ [rowKey]: key, ...values }, at) => ({ row: at + 1, rowKey: key, ...operation.check(values) }));
      const issues = checked.flatMap(({ row, issues = [] }) => issues.map((issue) => ({ row, ...issue })));
      const keys = new Map();
      for (const one of checked) keys.set(one.rowKey, [...(keys.get(one.rowKey) ?? []), one]);
      for (const { row } of keys.get(undefined) ?? []) issues.push({ row, path: [rowKey], code: 'required', message: '', params: {} });
      const valid = checked.filter(({ ok, rowKey }) => ok && rowKey !== undefined);
      return {
        complete: true,
        rows: rows.length,
        valid: valid.length,
        invalid: rows.length - valid.length,
        issueCount: issues.length,
        issues: issues.sort((a, b) => a.row - b.row),
        repeated: [...keys].filter(([key, same]) => key !== undefined && same.length > 1).map(([rowKey, same]) => ({ rowKey, rows: same.map(({ row }) => row) })),
        async *requests() {
          for (const { row, rowKey, request, notices } of valid) yield { row, rowKey, request, notices };
        },
      };
    },
  };
}
