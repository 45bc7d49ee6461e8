// Node as a place to measure in: a fresh process for each job.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Node, over a folder of bundles and inputs. */
export async function node(folder) {
  const ask = async (job) => {
    const program = join(import.meta.dirname, 'in-node.mjs');
    const { stdout } = await run(process.execPath, [program, folder, JSON.stringify(job)], { maxBuffer: 2 ** 26 });
    return JSON.parse(stdout);
  };
  return {
    name: 'Node',
    version: process.version.slice(1),
    /** Times a workload. */
    measure: (job) => ask({ kind: 'measure', ...job }),
    /** Milliseconds to the first result of a contender. */
    first: (id) => ask({ kind: 'first', id }),
    /** Bytes that the check of a file adds to the process at its peak. */
    memory: (job) => ask({ kind: 'memory', ...job }),
    async stop() {},
  };
}
