// The schemas as ajv is given them. What a JSON Schema says badly (lines, upper and lower case) is a format.

import { BLANKS_AROUND, isLine, isLineOrBlank } from './rules.mjs';

export const FORMATS = {
  line100: (text) => isLine(text, 100),
  line100OrBlank: (text) => isLineOrBlank(text, 100),
  line50: (text) => isLine(text, 50),
  state: BLANKS_AROUND.state,
  country: BLANKS_AROUND.country,
};

const text = (pattern) => ({ type: 'string', pattern: pattern.source });
const orNull = (schema) => ({ ...schema, type: ['string', 'null'] });
const format = (name) => ({ type: 'string', format: name });
const closed = (properties, required) => ({ type: 'object', properties, required, additionalProperties: false });
const open = (properties, required) => ({ type: 'object', properties, required });

const ADDRESS = closed(
  {
    address_one: format('line100'),
    address_two: orNull(format('line100OrBlank')),
    city: format('line50'),
    state: format('state'),
    postal_code: text(BLANKS_AROUND.zip),
    country: format('country'),
  },
  ['address_one', 'city', 'state', 'postal_code', 'country'],
);

const always = { user_id: text(BLANKS_AROUND.user), idempotent_key: orNull(text(BLANKS_AROUND.key)) };

export const VIRTUAL = closed(
  { ...always, card_type: { const: 'virtual' }, shipping_address: {}, virtual_card_id: orNull(text(BLANKS_AROUND.blank)) },
  ['user_id', 'card_type'],
);
export const PHYSICAL = closed(
  { ...always, card_type: { const: 'physical' }, shipping_address: ADDRESS, virtual_card_id: orNull(text(BLANKS_AROUND.card)) },
  ['user_id', 'card_type', 'shipping_address'],
);
export const ISSUE_CARD = {
  type: 'object',
  discriminator: { propertyName: 'card_type' },
  required: ['card_type'],
  oneOf: [VIRTUAL, PHYSICAL],
};

const string = { type: 'string' };
const number = { type: 'number' };

const CARD = open(
  {
    id: string,
    card_type: string,
    last_four: { type: 'string', pattern: '^[0-9]{4}$' },
    status: string,
    user_id: string,
    business_id: orNull(string),
    created_at: string,
    observed_at: string,
  },
  ['id', 'card_type', 'last_four', 'status', 'user_id', 'created_at', 'observed_at'],
);
const PAGINATION = open(
  { page: number, per_page: number, total: number, sort: orNull(string), search: orNull(string) },
  ['page', 'per_page', 'total'],
);
const DATA = open({
  items: { type: ['array', 'null'], items: CARD },
  pagination: { ...PAGINATION, type: ['object', 'null'] },
});

export const ENVELOPE = open(
  { status: { const: 'success' }, message: string, data: { ...DATA, type: ['object', 'null'] } },
  ['status', 'message'],
);

export const OPTIONS = { allErrors: true, discriminator: true, allowUnionTypes: true, formats: FORMATS };
