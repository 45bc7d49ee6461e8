// One job in a process of its own:  node in-node.mjs FOLDER JOB

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { measure } from '../measure.mjs';

const [folder, job] = process.argv.slice(2);

const measured = await measure({
  ...JSON.parse(job),
  load: (id) => import(pathToFileURL(join(folder, `${id}.js`)).href),
  read: (name) => readFile(join(folder, name), 'utf8'),
});
process.stdout.write(JSON.stringify(measured));
