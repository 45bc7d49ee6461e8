// Vitest in jsdom: MSW puts a fake proxy behind the page's `fetch`. It answers by the real rules, with issuers in memory.

import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { CardClient } from 'cardwright';
import { cardOf, fakeProxy, orderOf, seenCardOf } from 'cardwright/testing';
import { http } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { FreezeButton } from './freeze-button';

const proxy = fakeProxy({ seed: 7 });
const server = setupServer(http.all('/api/*', proxy.handler));
const user_id = 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef';
let client: CardClient;

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
beforeEach(() => void (client = new CardClient({ maxRetries: 0 })));
afterEach(() => (cleanup(), proxy.reset()));
afterAll(() => server.close());

/** A card that the issuer really has. */
async function issued() {
  const { data } = await client.ingo.issueCard({ user_id, card_type: 'virtual' });
  return data.card!;
}

const frozen = () => proxy.ledger.requests.filter(({ operation }) => operation === 'ingo.freezeCard');

test('a double click freezes the card once', async () => {
  render(<FreezeButton client={client} card={await issued()} />);
  await userEvent.dblClick(screen.getByText('Freeze'));
  expect(await screen.findByText('suspended')).toBeTruthy();
  expect(proxy.ledger.cards[0]?.status).toBe('suspended');
  expect(frozen()).toHaveLength(1);
});

test('a wrong id is refused by the rules, before anything is sent', async () => {
  render(<FreezeButton client={client} card={cardOf({ user_id, id: 'card-1' })} />);
  await userEvent.click(screen.getByText('Freeze'));
  expect((await screen.findByText(/rcrd-/)).textContent).toBe('The card id starts with rcrd-.');
  expect(proxy.ledger.requests).toEqual([]);
});

test('when the line breaks after it was done, the person can find out', async () => {
  render(<FreezeButton client={client} card={await issued()} />);
  proxy.fail('ingo.freezeCard', 'network');
  await userEvent.click(screen.getByText('Freeze'));
  await userEvent.click(await screen.findByText('Find out'));
  expect(await screen.findByText('suspended')).toBeTruthy();
  expect(frozen()).toHaveLength(1);
});

test('the issuer says no', async () => {
  render(<FreezeButton client={client} card={await issued()} />);
  proxy.fail('ingo.freezeCard', 'rejected', { slug: 'card_locked', field: 'id' });
  await userEvent.click(screen.getByText('Freeze'));
  expect(await screen.findByText('The card issuer did not accept this.')).toBeTruthy();
  expect(proxy.ledger.cards[0]?.status).toBe('active');
});

test('an answer that takes its time is waited for', async () => {
  const card = await issued();
  proxy.delay(50);
  render(<FreezeButton client={client} card={card} />);
  await userEvent.click(screen.getByText('Freeze'));
  expect(screen.queryByText('suspended')).toBeNull();
  expect(await screen.findByText('suspended')).toBeTruthy();
});

test('without MSW: the client is given the fetch; the same seed gives the same card', async () => {
  const first = await issued();
  proxy.reset();
  client = new CardClient({ fetch: proxy.fetch });
  expect(await issued()).toEqual(first);
  expect(proxy.ledger.requests[0]).toMatchObject({ operation: 'ingo.issueCard', status: 200 });
});

test('cards and orders as the issuers answer them, with what a test is about', () => {
  expect(cardOf({ status: 'terminated' })).toMatchObject({ id: expect.stringMatching(/^rcrd-/), status: 'terminated' });
  expect(seenCardOf({ observed_at: '2026-05-01T00:00:00Z' }).observed_at).toBe('2026-05-01T00:00:00Z');
  expect(orderOf({ status: 'completed', is_issued: true })).toMatchObject({ order_type: 'card_issue', is_issued: true });
});
