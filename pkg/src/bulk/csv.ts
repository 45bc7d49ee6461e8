/** Lines of cells as RFC 4180 writes them, none of which a spreadsheet takes for a formula: owasp.org/www-community/attacks/CSV_Injection. */
export function csv(lines: readonly (readonly (string | undefined)[])[]): string {
  return lines.map((cells) => `${cells.map(cell).join()}\r\n`).join('');
}

function cell(text = ''): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
