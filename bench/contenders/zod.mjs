import * as z from 'zod';
import { PRINTABLE, TRIMMED, trimType } from './rules.mjs';

export { placesOf } from './zod-places.mjs';

const text = (pattern) => z.string().trim().regex(pattern);
const line = (max) => z.string().trim().min(1).max(max).regex(PRINTABLE);

const address = z.strictObject({
  address_one: line(100),
  address_two: z.string().trim().max(100).regex(PRINTABLE).nullish(),
  city: line(50),
  state: text(TRIMMED.state).toUpperCase(),
  postal_code: text(TRIMMED.zip),
  country: text(TRIMMED.country).toUpperCase(),
});

const always = { user_id: text(TRIMMED.user), idempotent_key: text(TRIMMED.key).nullish() };

export const issueCard = z.preprocess(
  trimType,
  z.discriminatedUnion('card_type', [
    z.strictObject({
      ...always,
      card_type: z.literal('virtual'),
      shipping_address: z.optional(z.unknown()),
      virtual_card_id: text(TRIMMED.blank).nullish(),
    }),
    z.strictObject({
      ...always,
      card_type: z.literal('physical'),
      shipping_address: address,
      virtual_card_id: text(TRIMMED.card).nullish(),
    }),
  ]),
);

const card = z.looseObject({
  id: z.string(),
  card_type: z.string(),
  last_four: z.string().regex(/^[0-9]{4}$/),
  status: z.string(),
  user_id: z.string(),
  business_id: z.string().nullish(),
  created_at: z.string(),
  observed_at: z.string(),
});

const pagination = z.looseObject({
  page: z.number(),
  per_page: z.number(),
  total: z.number(),
  sort: z.string().nullish(),
  search: z.string().nullish(),
});

export const envelope = z.looseObject({
  status: z.literal('success'),
  message: z.string(),
  data: z.looseObject({ items: z.array(card).nullish(), pagination: pagination.nullish() }).nullish(),
});

export const check = (values) => issueCard.safeParse(values);
export const passed = (result) => result.success;
export const found = (result) => result.error.issues;

export function readCards(body) {
  const read = envelope.safeParse(JSON.parse(body));
  return read.success ? read.data : undefined;
}
