import Papa from 'papaparse';

export const count = (text) => Papa.parse(text, { skipEmptyLines: true }).data.length - 1;
