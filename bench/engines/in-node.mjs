// One job in a process of its own:  node in-node.mjs FOLDER JOB

import { openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { measure } from '../measure.mjs';
import { checkFile, first } from '../once.mjs';

const [folder, text] = process.argv.slice(2);
const job = JSON.parse(text);
const load = (id) => import(pathToFileURL(join(folder, `${id}.js`)).href);
const read = (name) => readFile(join(folder, name));

/** Of the whole process: the threads that compile and collect garbage count. */
const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

const KINDS = {
  measure: () => measure({ ...job, load, read, clock }),
  first: () => first(() => load(`first-${job.id}`)),
  async memory() {
    const bundle = await load(job.id);
    const expected = JSON.parse(await read(job.file.expected));
    const blob = await openAsBlob(join(folder, job.file.name));
    const before = process.memoryUsage.rss();
    await checkFile(bundle, blob, { format: job.file.format, expected });
    return process.resourceUsage().maxRSS * 1024 - before;
  },
};

process.stdout.write(JSON.stringify(await KINDS[job.kind]()));
