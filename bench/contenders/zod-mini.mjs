import * as z from 'zod/mini';
import { PRINTABLE, TRIMMED, trimType } from './rules.mjs';

export { placesOf } from './zod-places.mjs';

const text = (pattern, ...then) => z.string().check(z.trim(), z.regex(pattern), ...then);
const line = (max) => z.string().check(z.trim(), z.minLength(1), z.maxLength(max), z.regex(PRINTABLE));

const address = z.strictObject({
  address_one: line(100),
  address_two: z.nullish(z.string().check(z.trim(), z.maxLength(100), z.regex(PRINTABLE))),
  city: line(50),
  state: text(TRIMMED.state, z.toUpperCase()),
  postal_code: text(TRIMMED.zip),
  country: text(TRIMMED.country, z.toUpperCase()),
});

const always = { user_id: text(TRIMMED.user), idempotent_key: z.nullish(text(TRIMMED.key)) };

const issueCard = z.pipe(
  z.transform(trimType),
  z.discriminatedUnion('card_type', [
    z.strictObject({
      ...always,
      card_type: z.literal('virtual'),
      shipping_address: z.optional(z.unknown()),
      virtual_card_id: z.nullish(text(TRIMMED.blank)),
    }),
    z.strictObject({
      ...always,
      card_type: z.literal('physical'),
      shipping_address: address,
      virtual_card_id: z.nullish(text(TRIMMED.card)),
    }),
  ]),
);

const card = z.looseObject({
  id: z.string(),
  card_type: z.string(),
  last_four: z.string().check(z.regex(/^[0-9]{4}$/)),
  status: z.string(),
  user_id: z.string(),
  business_id: z.nullish(z.string()),
  created_at: z.string(),
  observed_at: z.string(),
});

const pagination = z.looseObject({
  page: z.number(),
  per_page: z.number(),
  total: z.number(),
  sort: z.nullish(z.string()),
  search: z.nullish(z.string()),
});

const envelope = z.looseObject({
  status: z.literal('success'),
  message: z.string(),
  data: z.nullish(z.looseObject({ items: z.nullish(z.array(card)), pagination: z.nullish(pagination) })),
});

export const check = (values) => issueCard.safeParse(values);
export const passed = (result) => result.success;
export const found = (result) => result.error.issues;

export function readCards(body) {
  const read = envelope.safeParse(JSON.parse(body));
  return read.success ? read.data : undefined;
}
