// Values and answers that the tests share.

export const USER = 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef';
export const CARD = 'rcrd-9a117b23-cc90-d1ef-8f3a-2b1c0e444f2d';
export const VIRTUAL = { user_id: USER, card_type: 'virtual' };
export const FREEZE = { user_id: USER, id: CARD };
export const ADDRESS = { address_one: '100 Innovation Way', city: 'Anytown', state: 'TX', postal_code: '30044', country: 'US' };

export const card = {
  id: CARD,
  card_type: 'virtual',
  last_four: '4242',
  status: 'active',
  user_id: USER,
  created_at: '2026-04-16T12:34:56.000Z',
};

export const envelope = (items = [card]) => JSON.stringify({ status: 'success', message: 'operation completed', data: { items } });

export const problem = (status, code, outcome, more = {}) =>
  new Response(JSON.stringify({ title: 't', status, code, outcome, request_id: 'r-1', ...more }), {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });

export const success = (body = envelope()) =>
  new Response(body, { headers: { 'content-type': 'application/json', 'cardwright-request-id': 'r-1' } });
