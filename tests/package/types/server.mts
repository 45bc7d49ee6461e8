// Compiled against the packed package in a project that has Node's types and no DOM: nothing is missing, and nothing is silently `any`.

import { CardClient, ingo, type CheckManyOptions, type ClientOptions } from 'cardwright';
import source from 'cardwright/cardwright.wasm';
import { init, initSync } from 'cardwright/slim';
import { fakeProxy } from 'cardwright/testing';

const client = new CardClient({ baseUrl: 'http://127.0.0.1/api', headers: async () => ({ authorization: 'Bearer token' }), credentials: 'omit', fetch: fakeProxy().fetch });
export const { data } = await client.ingo.issueCard({ user_id: 'u', card_type: 'virtual' }, { signal: AbortSignal.timeout(1_000) });
await init(source);
initSync(new Uint8Array());
const call = ingo.freezeCard.build({ user_id: 'u', id: 'c' });
await fetch(`http://127.0.0.1/api${call.path}`, call);
await ingo.issueCard.checkMany(new Blob(['[]']), { signal: AbortSignal.timeout(1_000) });

// @ts-expect-error a number is no headers
const headers: ClientOptions = { headers: 5 };
// @ts-expect-error no such mode
const credentials: ClientOptions = { credentials: 'always' };
// @ts-expect-error a number is no worker
const worker: CheckManyOptions = { worker: 5 };
void [headers, credentials, worker];
