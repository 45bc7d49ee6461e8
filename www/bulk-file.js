import { Sheet } from './bulk-sheet.js';

const MOST_ROWS = 100_000;

/** Opens a file of rows: `{ sheet }`, or `{ refused }` with the sentence that says why not. */
export async function openSheet(file) {
  let sheet;
  try {
    sheet = new Sheet(utf8(await file.arrayBuffer()));
  } catch (error) {
    return { refused: `${file.name} ${whyNot(error)}` };
  }
  if (sheet.length === 0) return { refused: `${file.name} has no rows.` };
  if (sheet.length <= MOST_ROWS) return { sheet };
  return { refused: `${file.name} has ${sheet.length.toLocaleString()} rows; this page takes ${MOST_ROWS.toLocaleString()} at a time.` };
}

/** Strictly: what stands in for letters that cannot be read would be printed on cards, and mailed to. */
function utf8(bytes) {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

function whyNot(error) {
  if (error instanceof TypeError) return 'is not written in UTF-8, so some of its letters cannot be read. Save it as UTF-8 (in Excel as “CSV UTF-8”), and choose it again.';
  if (error instanceof SyntaxError) return 'could not be read: it is neither CSV nor JSON.';
  return 'could not be read. Choose it again.';
}
