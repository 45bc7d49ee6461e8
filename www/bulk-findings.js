/** What a check has found, for a person: the problems to list, how many there are in all, and in how many rows. */
export function findingsOf(checked, { sheet, fields, key }) {
  const twice = checked.repeated.flatMap(({ rows: [first, ...rows] }) => rows.map((row) => repeated(row, first, sheet, key)));
  const problems = [...checked.issues.map((issue) => problemOf(issue, sheet, fields)), ...twice].sort((a, b) => a.number - b.number);
  return { problems, twice: twice.length, count: checked.issueCount + twice.length, rows: rowsOf(checked, problems) };
}

/** Of rows whose problems are not all kept, it is not known whether they are named twice as well. */
function rowsOf({ issues, issueCount, invalid, repeated }, problems) {
  if (issues.length === issueCount) return new Set(problems.map(({ number }) => number)).size;
  return repeated.length === 0 ? invalid : undefined;
}

function problemOf({ row, path, column, message, code }, sheet, fields) {
  const at = column ?? path.join('.');
  const label = fields[path.join('.')]?.label ?? at;
  const canFix = row > 0 && code !== 'secret_in_browser' && at !== '' && sheet.has(at);
  return { number: row > 0 ? sheet.number(row) : 0, path: at, label: label.charAt(0).toUpperCase() + label.slice(1), message, canFix, canLeave: row > 0 || code === 'unknown_field' };
}

function repeated(row, first, sheet, key) {
  return { number: sheet.number(row), path: key, label: key, message: `The same as in row ${sheet.number(first).toLocaleString()}.`, canFix: true, canLeave: true };
}
