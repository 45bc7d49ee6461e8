// The folder that Node and Chromium measure in: bundles, inputs, files of rows.

import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CONTENDERS, PARSERS, bundle, shipped, timed } from './bundles.mjs';
import * as cases from './cases.mjs';
import { file } from './files.mjs';
import { requests } from './requests.mjs';

/** Fills the folder with what does not depend on what is measured, and with files of so many rows. */
export async function fill(folder, dist, counts) {
  const write = (name, contents) => writeFile(join(folder, name), contents);
  await write('page.html', '<!doctype html><meta charset="utf-8"><title>bench</title><input type="file">');
  await write('inputs.json', JSON.stringify(requests()));
  await write('cases.json', JSON.stringify({ inputs: cases.inputs, answers: cases.answers }));
  await write('measure.js', await bundle(`export * from './measure.mjs'; export * from './once.mjs';`, dist));
  await write('first-nothing.js', 'export const check = () => true; export const passed = check;');
  // Its worker is a file of the package, not of a bundle.
  await cp(dist, join(folder, 'cardwright'), { recursive: true });
  for (const id of CONTENDERS) await write(`first-${id}.js`, await bundle(shipped(id), dist, { minify: true }));
  for (const id of [...CONTENDERS, ...PARSERS]) await write(`${id}.js`, await bundle(timed(id), dist));
  for (const count of counts) {
    const { json, csv, expected } = file(count);
    await write(`rows-${count}.json`, json);
    await write(`rows-${count}.csv`, csv);
    await write(`rows-${count}.expected.json`, JSON.stringify(expected));
  }
}
