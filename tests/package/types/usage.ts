// Compiled against the packed package: what must be right compiles, what must be wrong does not.

import {
  CardClient,
  ingo,
  isCardwrightError,
  pintopay,
  toFieldErrors,
  type Card,
  type CardStatus,
  CardwrightError,
  type IssueCardRequest,
  type Outcome,
  type ShippingAddress,
  type Unrecognized,
  type Valid,
} from 'cardwright';

const client = new CardClient({ baseUrl: '/api', headers: async () => ({ 'x-csrf': 'token' }) });

// A form's values: '' everywhere, null and undefined too.
ingo.issueCard.check({ user_id: '', card_type: '', shipping_address: null });
ingo.issueCard.check({ user_id: 'u', card_type: 'physical', shipping_address: { address_one: '', city: '', state: '', postal_code: '', country: 'US' } });
// @ts-expect-error a misspelt field is seen in the editor
ingo.issueCard.check({ user_id: 'u', card_type: 'virtual', shiping_address: null });
// @ts-expect-error digits are strings
ingo.issueCard.check({ user_id: 5, card_type: 'virtual' });

const checked = ingo.issueCard.check({ user_id: 'u', card_type: 'virtual' });
if (checked.ok) {
  const request: IssueCardRequest = checked.request;
  if (request.card_type === 'physical') {
    const zip: string = request.shipping_address.postal_code;
    void zip;
  } else {
    // @ts-expect-error a virtual card has no address
    request.shipping_address;
  }
} else {
  const code: string = checked.issues[0]!.code;
  void code;
  // @ts-expect-error there is no request without a check that passed
  checked.request;
}

// @ts-expect-error only known paths
ingo.issueCard.fields['shipping_address.zip'];
const label: string = ingo.issueCard.fields['shipping_address.postal_code'].label;
void label;

export async function issue(): Promise<Card | null> {
  try {
    const { data, meta } = await client.ingo.issueCard({ user_id: 'u', card_type: 'virtual' }, { accept: ['old_card_ends'] });
    const attempts: number = meta.attempts;
    void attempts;
    return data.card;
  } catch (error) {
    if (!isCardwrightError(error)) throw error;
    const outcome: Outcome = error.outcome;
    void outcome;
    // @ts-expect-error codes are a closed union
    if (error.code === 'no_such_code') return null;
    return null;
  }
}

export async function freeze(): Promise<string> {
  const result = await client.safe.ingo.freezeCard({ user_id: 'u', id: 'c' });
  if (result.ok) return result.data.items[0]?.last_four ?? '';
  return result.error.slug ?? result.error.code;
}

// A switch over every known status is exhaustive, with one branch for what is not recognized.
export function shade(card: Card): string {
  switch (card.status) {
    case 'unactivated':
    case 'active':
    case 'suspended':
    case 'terminated':
    case 'limited':
      return 'known';
    default: {
      const { status } = card;
      // @ts-expect-error what is left is the brand, not a known status
      const known: CardStatus = status;
      void known;
      const text: string = status;
      return text;
    }
  }
}

const added = ({} as Card)['added_later'];
if (typeof added === 'string') added.trim();

// Every known status has its case, and what is left is the brand alone.
export function complete(card: Card): string {
  const { status } = card;
  switch (status) {
    case 'unactivated':
    case 'active':
    case 'suspended':
    case 'terminated':
    case 'limited':
      return status;
    default: {
      const unrecognized: Unrecognized = status;
      return unrecognized;
    }
  }
}

export function incomplete(card: Card): string {
  const { status } = card;
  switch (status) {
    case 'unactivated':
    case 'active':
    case 'suspended':
    case 'terminated':
      return status;
    default: {
      // @ts-expect-error `limited` has no case
      const unrecognized: Unrecognized = status;
      return unrecognized;
    }
  }
}

export function outcome(error: CardwrightError): string {
  switch (error.outcome) {
    case 'not_sent':
    case 'rejected':
    case 'unknown':
      return error.message;
  }
}

// @ts-expect-error an outcome has no case, so the end is reached without a value
export function outcomeWithout(error: CardwrightError): string {
  switch (error.outcome) {
    case 'not_sent':
    case 'rejected':
      return error.message;
  }
}

// A request is what a check made: nobody writes one, and whoever has one may send it as it is.
declare function archive(request: Valid<IssueCardRequest>): void;
const written: IssueCardRequest = { user_id: 'u', card_type: 'virtual' };
// @ts-expect-error written by hand, so nothing was checked
archive(written);
if (checked.ok) {
  archive(checked.request);
  void client.ingo.issueCard(checked.request);
  ingo.issueCard.build(structuredClone(checked.request));
  void client.ingo.issueCard(written);
}
// @ts-expect-error a request is closed
const open: IssueCardRequest = { user_id: 'u', card_type: 'virtual', note: 'n' };
void open;
// @ts-expect-error a physical card has an address
const unshipped: IssueCardRequest = { user_id: 'u', card_type: 'physical' };
void unshipped;
// @ts-expect-error cards are sent to one country
const abroad: ShippingAddress = { address_one: 'a', city: 'c', state: 'TX', postal_code: '02134', country: 'DE' };
void abroad;

// A box that was not touched is '' for every kind of value.
ingo.reissueCard.check({ user_id: '', id: '', reuse_pan: '', terminate_old_card: '', card_type: '', shipping_address: null });
ingo.listCards.check({ user_id: '', page: '' });

// A failed call on the fields of its form.
export function shown(error: CardwrightError): string[] {
  const { fields, form } = toFieldErrors(error, pintopay.explain);
  return [...(fields['product_code'] ?? []), ...form].map(({ code, message, slug }) => `${code} ${message} ${slug ?? ''}`);
}

// What is not known may be given as such.
export async function withWhatIsKnown(file: File, signal?: AbortSignal, timeoutMs?: number, rowKey = 'employee'): Promise<void> {
  const call = { signal, timeoutMs, idempotencyKey: undefined, accept: undefined, confirmNew: undefined };
  const known = new CardClient({
    baseUrl: undefined, timeoutMs, maxRetries: undefined, headers: undefined, credentials: undefined, fetch: undefined, storage: undefined,
    messages: undefined, unknownFields: undefined, ids: undefined, hooks: { sent: undefined, answered: undefined, storageFailed: undefined },
  });
  await known.ingo.freezeCard({ user_id: 'u', id: 'c' }, call);
  const check = { format: undefined, columns: undefined, delimiter: undefined, worker: undefined, maxIssues: undefined, onProgress: undefined };
  await ingo.issueCard.checkMany(file, { ...check, rowKey: undefined, signal });
  const pace = { concurrency: undefined, stopAfter: undefined, dailyLimit: undefined, waitForCards: undefined, skipInvalid: undefined };
  known.bulk(ingo.issueCard, file, { ...call, ...pace, batchId: 'june', rowKey, check, confirm: undefined, onProgress: undefined });
  await known.intents.resolve(undefined, { signal, timeoutMs, operation: undefined });
  const built = ingo.freezeCard.build({ user_id: 'u', id: 'c' }, { idempotencyKey: undefined, accept: undefined });
  await fetch(`/api${built.path}`, built);
  await ingo.issueCard.checkMany(file, { worker: new Worker('cardwright-worker.js', { type: 'module' }) });
}

/** A handler that is given what was thrown, and what `safe` gave. */
export function told(thrown: unknown): string {
  if (!isCardwrightError(thrown)) return 'unknown';
  // @ts-expect-error what `safe` gives is plain data
  thrown.toJSON();
  return thrown instanceof CardwrightError ? thrown.toJSON().code : thrown.code;
}

/** Rows of a database, as a driver gives them. */
export function ofRows(order: { status: string; issue_status: string | null; is_issued: boolean; card_id: string | null }, card: { status: string }): boolean {
  return pintopay.orderProgress(order).step > 0 && pintopay.orderResult({ status: 'new' }).usable && ingo.allowedActions(card).freezeCard.allowed;
}

export async function issueMany(file: File): Promise<string> {
  const run = client.bulk(ingo.issueCard, file, { batchId: 'june', rowKey: 'employee', confirm: ({ rows }) => rows < 100 });
  // @ts-expect-error without a batch, nothing says which rows are the same
  client.bulk(ingo.issueCard, file, { rowKey: 'employee' });
  // @ts-expect-error a list is read as often as one likes
  client.bulk(ingo.listCards, file, { batchId: 'june', rowKey: 'employee' });
  // @ts-expect-error what is sent only once is no row of many
  client.bulk(ingo.reissueCard, file, { batchId: 'june', rowKey: 'employee' });
  client.bulk(ingo.freezeCard.with({ ids: 'prefix' }), file, { batchId: 'june', rowKey: 'employee' });
  const { rows, toCSV } = await run.done;
  const state: 'done' | 'left_out' | Outcome | undefined = rows[0]?.state;
  void state;
  for await (const { request } of (await run.checked).requests()) {
    const sent: Valid<IssueCardRequest> = request;
    void sent;
  }
  return toCSV();
}
