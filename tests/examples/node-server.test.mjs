// The example for a Node server, in front of the real proxy and the sandbox issuer.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { raise } from '../e2e/stage.mjs';
import { project } from './project.mjs';

const { onboarding } = await import(pathToFileURL(join(project, 'node-server/onboarding.mjs')).href);
const USER = 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef';
let stage;
let server;
let url;

before(async () => {
  stage = await raise({ browser: false });
  server = onboarding(`${stage.proxy.url}/api`, { 'sec-fetch-site': 'same-origin' }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${server.address().port}`;
});
after(async () => {
  server?.close();
  await stage?.down();
});

async function report(employee) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(employee) });
  return [response.status, await response.json()];
}
const cards = async () => (await stage.ledger()).cards;

test('what is wrong is refused at its field, and nothing is issued', async () => {
  const [status, { issues }] = await report({ employee_id: 'e-1', user_id: 'someone' });
  assert.deepEqual([status, issues.map(({ path, code }) => [path.join('.'), code])], [422, [['user_id', 'id_prefix']]]);
  assert.deepEqual(await report(null), [400, {}]);
  assert.deepEqual(await cards(), []);
});

test('an employee who is reported twice, at once and later, gets one card', async () => {
  const employee = { employee_id: 'e-1', user_id: USER };
  const [[status, { card }], twice] = await Promise.all([report(employee), report(employee)]);
  assert.deepEqual([status, twice], [200, [200, { card }]]);
  assert.equal((await report(employee))[1].card.id, card.id);
  assert.deepEqual((await cards()).map(({ id }) => id), [card.id]);
  const [, { card: second }] = await report({ ...employee, employee_id: 'e-2' });
  assert.notEqual(second.id, card.id);
});
