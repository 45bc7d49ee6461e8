// Whether what a page loads is what its inventory says (PCI DSS 6.4.3 and 11.6.1).
//
//   node tests/e2e/inventory.mjs https://cards.example/ target/demo/inventory.json
//
// The inventory is the one of the build, from a place that whoever changes the page cannot reach.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const POLICY = { "default-src 'none'": true, "script-src 'self' 'wasm-unsafe-eval'": true, "require-trusted-types-for 'script'": true, "'unsafe-": false };

/** What differs: a line for each file that is missing or was changed. `read` gives a file's bytes, or nothing. */
export async function changed(inventory, read) {
  const found = [];
  for (const [name, { integrity }] of Object.entries(inventory)) {
    const content = await read(name);
    if (content === undefined) found.push(`${name}: missing`);
    else if (`sha384-${createHash('sha384').update(content).digest('base64')}` !== integrity) found.push(`${name}: changed`);
  }
  return found;
}

/** The same of a page that is served, and of the policy it is served under. */
export async function changedAt(url, inventory) {
  const found = await changed(inventory, async (name) => {
    const response = await fetch(new URL(name, url));
    return response.ok ? Buffer.from(await response.arrayBuffer()) : undefined;
  });
  const { headers } = await fetch(url);
  const policy = headers.get('content-security-policy') ?? '';
  for (const [part, wanted] of Object.entries(POLICY)) if (policy.includes(part) !== wanted) found.push(`content-security-policy: expected it ${wanted ? 'with' : 'without'} ${part}`);
  if (headers.get('x-content-type-options') !== 'nosniff') found.push('x-content-type-options: expected nosniff');
  return found;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [url, file] = process.argv.slice(2);
  const inventory = JSON.parse(readFileSync(file, 'utf8'));
  const found = await changedAt(url, inventory);
  console.log(found.length === 0 ? `${Object.keys(inventory).length} files as listed` : found.join('\n'));
  process.exitCode = found.length === 0 ? 0 : 1;
}
