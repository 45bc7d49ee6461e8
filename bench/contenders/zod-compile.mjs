// The same schemas, compiled by zod itself; what fails is judged again by the schema as it was.

import { compile } from 'zod';
import * as zod from './zod.mjs';

export { found, passed, placesOf } from './zod.mjs';

const issueCard = compile(zod.issueCard, { strict: true });
const envelope = compile(zod.envelope, { strict: true });

export const check = (values) => issueCard.safeParse(values);

export function readCards(body) {
  const read = envelope.safeParse(JSON.parse(body));
  return read.success ? read.data : undefined;
}
