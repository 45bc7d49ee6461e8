import * as v from 'valibot';
import { PRINTABLE, TRIMMED, trimType } from './rules.mjs';

const text = (pattern, ...then) => v.pipe(v.string(), v.trim(), v.regex(pattern), ...then);
const line = (max) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(max), v.regex(PRINTABLE));

const address = v.strictObject({
  address_one: line(100),
  address_two: v.nullish(v.pipe(v.string(), v.trim(), v.maxLength(100), v.regex(PRINTABLE))),
  city: line(50),
  state: text(TRIMMED.state, v.toUpperCase()),
  postal_code: text(TRIMMED.zip),
  country: text(TRIMMED.country, v.toUpperCase()),
});

const always = { user_id: text(TRIMMED.user), idempotent_key: v.nullish(text(TRIMMED.key)) };

const issueCard = v.pipe(
  v.unknown(),
  v.transform(trimType),
  v.variant('card_type', [
    v.strictObject({
      ...always,
      card_type: v.literal('virtual'),
      shipping_address: v.optional(v.unknown()),
      virtual_card_id: v.nullish(text(TRIMMED.blank)),
    }),
    v.strictObject({
      ...always,
      card_type: v.literal('physical'),
      shipping_address: address,
      virtual_card_id: v.nullish(text(TRIMMED.card)),
    }),
  ]),
);

const card = v.looseObject({
  id: v.string(),
  card_type: v.string(),
  last_four: v.pipe(v.string(), v.regex(/^[0-9]{4}$/)),
  status: v.string(),
  user_id: v.string(),
  business_id: v.nullish(v.string()),
  created_at: v.string(),
  observed_at: v.string(),
});

const pagination = v.looseObject({
  page: v.number(),
  per_page: v.number(),
  total: v.number(),
  sort: v.nullish(v.string()),
  search: v.nullish(v.string()),
});

const envelope = v.looseObject({
  status: v.literal('success'),
  message: v.string(),
  data: v.nullish(v.looseObject({ items: v.nullish(v.array(card)), pagination: v.nullish(pagination) })),
});

export const check = (values) => v.safeParse(issueCard, values);
export const passed = (result) => result.success;
export const found = (result) => result.issues;
export const placesOf = (issue) => [v.getDotPath(issue) ?? ''];

export function readCards(body) {
  const read = v.safeParse(envelope, JSON.parse(body));
  return read.success ? read.output : undefined;
}
