import Type from 'typebox';
import { Compile } from 'typebox/compile';
import Format from 'typebox/format';
import { Settings } from 'typebox/system';
import { BLANKS_AROUND, isLine, isLineOrBlank, trimType } from './rules.mjs';

// It stops at 8 errors otherwise.
Settings.Set({ maxErrors: 100 });
Format.Set('line100', (text) => isLine(text, 100));
Format.Set('line100OrBlank', (text) => isLineOrBlank(text, 100));
Format.Set('line50', (text) => isLine(text, 50));

const text = (pattern) => Type.String({ pattern });
const orNull = (schema) => Type.Union([schema, Type.Null()]);
const format = (name) => Type.String({ format: name });
const closed = (properties) => Type.Object(properties, { additionalProperties: false });

const address = closed({
  address_one: format('line100'),
  address_two: Type.Optional(orNull(format('line100OrBlank'))),
  city: format('line50'),
  state: text(BLANKS_AROUND.state),
  postal_code: text(BLANKS_AROUND.zip),
  country: text(BLANKS_AROUND.country),
});

const always = { user_id: text(BLANKS_AROUND.user), idempotent_key: Type.Optional(orNull(text(BLANKS_AROUND.key))) };

// Its unions answer with the errors of every branch, so the branch is chosen by hand.
const virtual = Compile(
  closed({
    ...always,
    card_type: Type.Literal('virtual'),
    shipping_address: Type.Optional(Type.Unknown()),
    virtual_card_id: Type.Optional(orNull(text(BLANKS_AROUND.blank))),
  }),
);
const physical = Compile(
  closed({
    ...always,
    card_type: Type.Literal('physical'),
    shipping_address: address,
    virtual_card_id: Type.Optional(orNull(text(BLANKS_AROUND.card))),
  }),
);

const card = Type.Object({
  id: Type.String(),
  card_type: Type.String(),
  last_four: Type.String({ pattern: /^[0-9]{4}$/ }),
  status: Type.String(),
  user_id: Type.String(),
  business_id: Type.Optional(orNull(Type.String())),
  created_at: Type.String(),
  observed_at: Type.String(),
});

const pagination = Type.Object({
  page: Type.Number(),
  per_page: Type.Number(),
  total: Type.Number(),
  sort: Type.Optional(orNull(Type.String())),
  search: Type.Optional(orNull(Type.String())),
});

const data = Type.Object({
  items: Type.Optional(orNull(Type.Array(card))),
  pagination: Type.Optional(orNull(pagination)),
});

const envelope = Compile(
  Type.Object({ status: Type.Literal('success'), message: Type.String(), data: Type.Optional(orNull(data)) }),
);

export function check(values) {
  const trimmed = trimType(values);
  const schema = trimmed?.card_type === 'physical' ? physical : virtual;
  return schema.Check(trimmed) ? undefined : schema.Errors(trimmed);
}
export const passed = (errors) => errors === undefined;
export const found = (errors) => errors;
/** Each name it does not know comes alone, and then all of them again on the object that holds them. */
export const placesOf = ({ keyword, instancePath }) => (keyword === 'additionalProperties' ? [] : [instancePath.slice(1).replaceAll('/', '.')]);

export function readCards(body) {
  const answer = JSON.parse(body);
  return envelope.Check(answer) ? answer : undefined;
}
