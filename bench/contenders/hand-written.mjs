// What a careful person writes without a library: every issue with its place and sentence, and the request in normal form.

import { PRINTABLE, STATES, TRIMMED } from './rules.mjs';

const TOP = new Set(['user_id', 'card_type', 'shipping_address', 'virtual_card_id', 'idempotent_key']);
const BELOW = new Set(['address_one', 'address_two', 'city', 'state', 'postal_code', 'country']);
const CODES = new Set(STATES);
const ASCII = /^[A-Za-z]{2}$/;

export function check(values) {
  if (!isObject(values)) return { ok: false, issues: [{ path: '', message: 'Expected an object.' }] };
  const issues = [];
  unknown(values, TOP, '', issues);
  const request = {
    user_id: matching(values.user_id, TRIMMED.user, 'user_id', 'Enter an id that begins with user-.', issues),
    card_type: matching(values.card_type, /^(?:virtual|physical)$/, 'card_type', 'Choose virtual or physical.', issues),
    idempotent_key: optional(values.idempotent_key, TRIMMED.key, 'idempotent_key', 'Enter 16 to 64 letters.', issues),
  };
  if (request.card_type === 'physical') {
    request.shipping_address = address(values.shipping_address, issues);
    const sentence = 'Enter an id that begins with rcrd-.';
    request.virtual_card_id = optional(values.virtual_card_id, TRIMMED.card, 'virtual_card_id', sentence, issues);
  } else if (request.card_type === 'virtual') {
    optional(values.virtual_card_id, TRIMMED.blank, 'virtual_card_id', 'Only for a physical card.', issues);
  }
  return issues.length === 0 ? { ok: true, request } : { ok: false, issues };
}
export const passed = (result) => result.ok;
export const found = (result) => result.issues;
export const placesOf = ({ path }) => [path];

function address(given, issues) {
  if (!isObject(given)) {
    issues.push({ path: 'shipping_address', message: 'Enter a shipping address.' });
    return undefined;
  }
  unknown(given, BELOW, 'shipping_address.', issues);
  return {
    address_one: line(given.address_one, 100, true, 'shipping_address.address_one', issues),
    address_two: line(given.address_two, 100, false, 'shipping_address.address_two', issues),
    city: line(given.city, 50, true, 'shipping_address.city', issues),
    state: code(given.state, (text) => CODES.has(text), 'shipping_address.state', 'Choose a state.', issues),
    postal_code: matching(given.postal_code, TRIMMED.zip, 'shipping_address.postal_code', 'Enter five digits.', issues),
    country: code(given.country, (text) => text === 'US', 'shipping_address.country', 'Choose the United States.', issues),
  };
}

function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknown(object, known, parents, issues) {
  for (const name of Object.keys(object)) {
    if (!known.has(name)) issues.push({ path: parents + name, message: 'Remove this field.' });
  }
}

function matching(value, pattern, path, message, issues) {
  if (typeof value === 'string') {
    const text = value.trim();
    if (pattern.test(text)) return text;
  }
  issues.push({ path, message });
  return undefined;
}

function optional(value, pattern, path, message, issues) {
  if (value === undefined || value === null) return undefined;
  return matching(value, pattern, path, message, issues) || undefined;
}

function line(value, max, required, path, issues) {
  if (!required && (value === undefined || value === null)) return undefined;
  if (typeof value === 'string') {
    const text = value.trim();
    if (text === '' && !required) return undefined;
    if (text !== '' && text.length <= max && PRINTABLE.test(text)) return text;
  }
  issues.push({ path, message: `Enter one line of at most ${max} characters.` });
  return undefined;
}

function code(value, isKnown, path, message, issues) {
  if (typeof value === 'string') {
    const text = value.trim();
    if (ASCII.test(text)) {
      const upper = text.toUpperCase();
      if (isKnown(upper)) return upper;
    }
  }
  issues.push({ path, message });
  return undefined;
}

const isText = (value) => typeof value === 'string';
const isTextOrNothing = (value) => value === undefined || value === null || typeof value === 'string';
const FOUR = /^[0-9]{4}$/;

const isCard = (card) =>
  isObject(card) &&
  isText(card.id) &&
  isText(card.card_type) &&
  isText(card.last_four) &&
  FOUR.test(card.last_four) &&
  isText(card.status) &&
  isText(card.user_id) &&
  isTextOrNothing(card.business_id) &&
  isText(card.created_at) &&
  isText(card.observed_at);

const isPagination = (pages) =>
  isObject(pages) &&
  typeof pages.page === 'number' &&
  typeof pages.per_page === 'number' &&
  typeof pages.total === 'number' &&
  isTextOrNothing(pages.sort) &&
  isTextOrNothing(pages.search);

const isData = (data) =>
  isObject(data) && ((Array.isArray(data.items) && data.items.every(isCard)) || data.items == null) &&
  (data.pagination == null || isPagination(data.pagination));

export function readCards(body) {
  const answer = JSON.parse(body);
  const fits = isObject(answer) && answer.status === 'success' && isText(answer.message) && (answer.data == null || isData(answer.data));
  return fits ? answer : undefined;
}
