import { linesOf } from './bulk-table.js';
import { element } from './element.js';

/** Saves what became of the rows as CSV. A run counts the rows it was given; here each goes by its number in the file. */
export function saveReport(report, sheet) {
  const lines = linesOf(report.toCSV(), ',').map((line) => line.replace(/^\d+/, (row) => sheet.number(Number(row))));
  const csv = new Blob([lines.map((line) => `${line}\r\n`).join('')], { type: 'text/csv' });
  const link = element('a', { href: URL.createObjectURL(csv), download: `${report.batchId}-report.csv` });
  link.click();
  // The download has its own hold of the bytes once it has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
