import { pintopay } from './cardwright/index.js';

const HELP = new Map([
  ['fix_input', 'What helps: change what was entered.'],
  ['top_up_balance', 'What helps: money on the master balance.'],
  ['wait', 'What helps: a little time.'],
  ['call_support', 'What helps: a word with support.'],
]);

/** What one of the issuer's error slugs means, and what helps; a slug that nobody knows is told as it came. */
export function slugWords(slug) {
  const known = pintopay.explain(slug);
  if (!known) return { message: `The issuer calls it ${slug}.`, help: HELP.get('call_support') };
  return { message: known.message, help: HELP.get(known.hint) ?? '' };
}
