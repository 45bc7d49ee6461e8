// A Node server: a personnel system reports each new employee, perhaps more than once, and every one of them gets one card.

import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { CardClient, ingo, keyFrom } from 'cardwright';

/**
 * The server, in front of a Cardwright proxy.
 *
 * @param {string} baseUrl where the proxy's routes begin: `https://cards.internal/api`
 * @param {Record<string, string>} headers how the proxy knows this server: `{ authorization: 'Bearer …' }`, or in front of a proxy
 *   on loopback, which knows nobody, `{ 'sec-fetch-site': 'same-origin' }`: no page of another site can say that
 */
export function onboarding(baseUrl, headers) {
  const client = new CardClient({ baseUrl, headers });

  /** @param {{ employee_id: string, user_id: string }} employee */
  async function issue({ employee_id, user_id }) {
    const checked = ingo.issueCard.check({ user_id, card_type: 'virtual' });
    if (!checked.ok) return { status: 422, body: { issues: checked.issues } };
    // The employee is the intent: a report that comes again, after a restart too, is the same card.
    const idempotencyKey = await keyFrom('onboarding', employee_id);
    const result = await client.safe.ingo.issueCard(checked.request, { idempotencyKey });
    if (result.ok) return { status: 200, body: { card: result.data.card } };
    // After an unknown whoever reports may do so again; it is the same intent then, and never a second card.
    return { status: result.error.outcome === 'unknown' ? 503 : 502, body: { error: result.error } };
  }

  return createServer(async (request, response) => {
    const { status, body } = await json(request).then(/** @param {any} employee */ (employee) => issue(employee)).catch(() => ({ status: 400, body: {} }));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
}
