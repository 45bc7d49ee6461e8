// Many copies of one intent are one; and a key tells what became of it.

import { randomUUID } from 'node:crypto';
import { Broken, done, outcome, refused, same } from '../expect.mjs';

/** How many copies are sent at once. */
const COPIES = 8;

export const copies = {
  'a copy gets the same answer, marked as given before, however it is spelled': async ({ writes, backend, samples }) => {
    for (const operation of writes) {
      const [key, body] = [randomUUID(), await samples.of(operation)];
      const first = await backend.ask(operation, { key, body });
      if (first.replayed) throw new Broken(`${operation.name}: expected the first answer without the mark`);
      const looser = Object.fromEntries(Object.entries(body).reverse().map(([name, value]) => [name, typeof value === 'string' ? ` ${value} ` : value]));
      for (const copy of [body, looser]) {
        const again = await backend.ask(operation, { key, body: copy });
        same(told(again), told(first), `${operation.name}: expected the answer that was given before`);
        if (!again.replayed) throw new Broken(`${operation.name}: expected idempotent-replayed: true with a copy`);
      }
    }
  },

  'a key that comes with another request is refused': async ({ writes, backend, samples }) => {
    for (const operation of writes) {
      const [key, body] = [randomUUID(), await samples.of(operation)];
      await backend.ask(operation, { key, body });
      const user = 'user_id' in body ? { user_id: samples.stranger } : { external_user_id: 'somebody-else' };
      refused(await backend.ask(operation, { key, body: { ...body, ...user } }), 422, 'key_reused', operation.name);
    }
  },

  [`of ${COPIES} copies at once all get one answer, and one card is made`]: async ({ writes, backend, samples, document }) => {
    const issueCard = document.operation('ingo.issueCard');
    if (!writes.includes(issueCard)) return;
    const [key, body, before] = [randomUUID(), await samples.of(issueCard), await cards(backend, document, samples)];
    const answers = await Promise.all(Array.from({ length: COPIES }, () => backend.ask(issueCard, { key, body })));
    for (const answer of answers) same(done(answer, 'a copy'), answers[0].body, 'expected one answer');
    const first = answers.filter(({ replayed }) => !replayed).length;
    if (first !== 1) throw new Broken(`expected one answer without the mark, found ${first}`);
    const made = (await cards(backend, document, samples)) - before;
    if (made !== 1) throw new Broken(`expected one card more in the register, found ${made}`);
  },

  'the same key at another operation is another intent': async ({ writes, backend, samples, document }) => {
    const [freeze, unfreeze] = ['ingo.freezeCard', 'ingo.unfreezeCard'].map((name) => document.operation(name));
    if (!writes.includes(freeze)) return;
    const [key, body] = [randomUUID(), await samples.of(freeze, { fresh: true })];
    const frozen = done(await backend.ask(freeze, { key, body }), 'freeze');
    const thawed = done(await backend.ask(unfreeze, { key, body }), 'unfreeze');
    same([frozen, thawed].map(({ data }) => data.items[0].status), ['suspended', 'active'], 'expected a frozen card, and then an active one');
  },

  'what the issuer refused is rejected, for copies too': async ({ writes, backend, samples, document }) => {
    const freeze = document.operation('ingo.freezeCard');
    if (!writes.includes(freeze)) return;
    const [key, body] = [randomUUID(), { ...(await samples.of(freeze)), id: `rcrd-${randomUUID()}` }];
    const answers = [await backend.ask(freeze, { key, body }), await backend.ask(freeze, { key, body })];
    for (const answer of answers) {
      refused(answer, 502, 'issuer_rejected', 'a card nobody has');
      outcome(answer.body, 'rejected', 'a card nobody has');
    }
    same(answers.map(({ replayed }) => replayed), [false, true], 'expected the second refusal to be marked as given before');
  },

  'a key tells what became of its intent': async ({ writes, backend, samples }) => {
    for (const operation of writes) {
      const key = randomUUID();
      const { status, body } = await backend.ask(operation, { key, body: await samples.of(operation) });
      const { state, operation: name, answer, problem } = done(await backend.look(operation.name, key), operation.name);
      same([state, name], ['done', operation.name], `${operation.name}: expected it to be done`);
      if (status === 200) same(answer, body, `${operation.name}: expected the answer that copies get`);
      else same([problem?.code, problem?.outcome], [body.code, body.outcome], `${operation.name}: expected the problem that copies get`);
    }
  },

  'asking closes a key under which nothing was sent': async ({ writes, backend, samples }) => {
    for (const operation of writes) {
      const key = randomUUID();
      for (const time of ['once', 'twice']) same(done(await backend.look(operation.name, key), operation.name).state, 'absent', `${operation.name}, asked ${time}: expected absent`);
      refused(await backend.ask(operation, { key, body: await samples.of(operation) }), 409, 'key_closed', operation.name);
    }
  },

  'only writes are asked about': async ({ reads, backend }) => {
    for (const operation of reads) refused(await backend.look(operation.name, randomUUID()), 404, 'not_found', operation.name);
    refused(await backend.look('ingo.noSuchThing', randomUUID()), 404, 'not_found', 'an operation nobody knows');
  },
};

/** What an answer says, without the id of the request. */
function told({ status, body }) {
  const { request_id, ...rest } = body ?? {};
  return { status, ...rest };
}

async function cards(backend, document, samples) {
  return done(await backend.ask(document.operation('ingo.listCards'), { query: `?user_id=${samples.userId}` }), 'list').data.pagination.total;
}
