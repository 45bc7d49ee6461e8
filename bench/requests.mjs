// Requests as dashboards hold them: the same in every run.

import { chanceFrom, pick } from './chance.mjs';
import { STATES } from './contenders/rules.mjs';

const STREETS = ['Innovation Way', 'Peachtree Street NE', 'Cañon Road', 'Lincoln Avenue', 'Río Grande Boulevard', 'Martin Luther King Jr Drive'];
const SUITES = ['Suite 100', 'Apt 4B', 'Unit 12', 'Piso 3, Puerta B', 'Floor 21'];
const CITIES = ['Anytown', 'San José', 'Springfield', 'Cañon City', 'Atlanta', 'Fort Lauderdale', 'Saint Paul', 'Mayagüez', 'Los Alamos'];

const digits = (chance, length, base) =>
  Array.from({ length }, () => Math.floor(chance() * base).toString(base)).join('');

export function id(chance, prefix) {
  return prefix + [8, 4, 4, 4, 12].map((length) => digits(chance, length, 16)).join('-');
}

function address(chance) {
  return {
    address_one: `${1 + Math.floor(chance() * 9999)} ${pick(chance, STREETS)}`,
    ...(chance() < 0.5 ? { address_two: pick(chance, SUITES) } : {}),
    city: pick(chance, CITIES),
    state: pick(chance, STATES),
    postal_code: digits(chance, 5, 10),
    country: 'US',
  };
}

/** A valid request for a physical card. */
export function physical(chance) {
  const request = { user_id: id(chance, 'user-'), card_type: 'physical', shipping_address: address(chance) };
  if (chance() < 0.6) request.virtual_card_id = id(chance, 'rcrd-');
  return request;
}

/** A valid request for a virtual card. */
export const virtual = (chance) => ({ user_id: id(chance, 'user-'), card_type: 'virtual' });

const FAULTS = {
  user_id: (request) => (request.user_id = request.user_id.slice(0, -1)),
  virtual_card_id: (request) => (request.virtual_card_id = 'card 7'),
  colour: (request) => (request.colour = 'red'),
  'shipping_address.address_one': ({ shipping_address: address }) => (address.address_one = '  '),
  'shipping_address.city': ({ shipping_address: address }) => (address.city = address.city.padEnd(51, 'x')),
  'shipping_address.state': ({ shipping_address: address }) => (address.state = 'Texas'),
  'shipping_address.postal_code': ({ shipping_address: address }) => (address.postal_code = address.postal_code.slice(1)),
  'shipping_address.country': ({ shipping_address: address }) => (address.country = 'DE'),
};

/** Makes a request for a physical card wrong in so many places, and says which. */
export function spoil(chance, request, count, butNot = []) {
  const faults = Object.keys(FAULTS).filter((place) => !butNot.includes(place));
  const places = new Set();
  while (places.size < count) places.add(pick(chance, faults));
  for (const place of places) FAULTS[place](request);
  return [...places].sort();
}

/** The requests of one workload after the other. */
export function requests() {
  const chance = chanceFrom(6);
  const valid = Array.from({ length: 256 }, () => physical(chance));
  const wrong = Array.from({ length: 256 }, () => {
    const request = physical(chance);
    return { places: spoil(chance, request, 3), request };
  });
  return { valid, wrong, keystrokes: keystrokes(physical(chance)), answers: Array.from({ length: 16 }, () => answer(chance, 25)) };
}

/** What the boxes of a form hold one keystroke after the other: each is typed to its end and deleted again, and is never blank. */
function keystrokes({ shipping_address: address, ...request }) {
  const boxes = { address_one: '100 Innovation Way', address_two: 'Suite 100', city: 'Springfield' };
  const first = { ...request, shipping_address: { ...address, ...boxes } };
  const strokes = Object.entries(boxes).flatMap(([box, text]) => {
    const shorter = Array.from({ length: text.length - 1 }, (_, at) => text.slice(0, at + 1));
    return [...shorter.toReversed(), ...shorter.slice(1), text].map((typed) => [box, typed]);
  });
  return { first, strokes };
}

function answer(chance, count) {
  const items = Array.from({ length: count }, () => ({
    id: id(chance, 'rcrd-'),
    card_type: pick(chance, ['virtual', 'physical']),
    last_four: digits(chance, 4, 10),
    status: pick(chance, ['unactivated', 'active', 'suspended', 'terminated', 'limited']),
    user_id: id(chance, 'user-'),
    business_id: id(chance, 'buss-'),
    created_at: '2026-04-16T12:34:56.000Z',
    observed_at: '2026-11-21T08:00:00.000Z',
  }));
  const pagination = { page: 1, per_page: count, total: count * 4, sort: 'created_at:desc', search: 'jane' };
  return JSON.stringify({ status: 'success', message: 'operation completed', data: { items, pagination } });
}
