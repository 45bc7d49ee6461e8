// Tries every promise of the contract, one after the other.

import { Backend } from './backend.mjs';
import { Document } from './document.mjs';
import { Broken } from './expect.mjs';
import { copies } from './promises/copies.mjs';
import { doors } from './promises/doors.mjs';
import { register } from './promises/register.mjs';
import { rules } from './promises/rules.mjs';
import { Samples } from './samples.mjs';

/** What is looked at in every answer, whatever was asked. */
const ALWAYS = {
  headers: 'every answer names the contract and the request, and is not to be stored',
  document: 'every answer is among those the document has',
  problems: 'every failure is a problem with code, outcome and request id',
  cardData: 'no answer holds card data',
};

/**
 * Tells of each promise whether it was kept: `{ promise, faults }`, with no faults where it was. It issues cards, so the backend
 * should stand in front of a sandbox. `without` names issuers the backend does not serve; `only` tries the promises whose sentence
 * contains it.
 */
export async function* conform({ baseUrl, document: contract, headers = {}, without = [], only = '', samples: given }) {
  const document = new Document(contract);
  const backend = new Backend({ baseUrl, headers, document });
  const all = document.ofIssuers.filter(({ issuer }) => !without.includes(issuer));
  const context = {
    document,
    backend,
    samples: new Samples(backend, document, given),
    all,
    posts: all.filter(({ request }) => request !== undefined),
    lists: all.filter(({ request }) => request === undefined),
    writes: all.filter(({ takesKey }) => takesKey),
    reads: all.filter(({ takesKey }) => !takesKey),
  };
  for (const [promise, keep] of Object.entries({ ...doors, ...rules, ...copies, ...register })) {
    if (promise.includes(only)) yield { promise, faults: await faultsOf(keep, context) };
  }
  // Of what was asked.
  if (backend.answers > 0) for (const [name, promise] of Object.entries(ALWAYS)) yield { promise, faults: [...backend.faults[name]] };
}

async function faultsOf(keep, context) {
  try {
    await keep(context);
    return [];
  } catch (error) {
    if (error instanceof Broken) return [error.message];
    // A line that broke, an answer that has not the shape it should have: no promise was kept by it.
    return [error.cause?.message ?? error.message];
  }
}
