// Node as a place to measure in: a fresh process for each job.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Node, over a folder of bundles and inputs. */
export async function node(folder) {
  return {
    name: 'Node',
    version: process.version.slice(1),
    async measure(job) {
      const program = join(import.meta.dirname, 'in-node.mjs');
      const { stdout } = await run(process.execPath, [program, folder, JSON.stringify(job)], { maxBuffer: 2 ** 26 });
      return JSON.parse(stdout);
    },
    stop() {},
  };
}
