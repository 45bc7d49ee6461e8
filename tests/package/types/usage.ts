// Compiled against the packed package: what must be right compiles, what must be wrong does not.

import { CardClient, ingo, isCardwrightError, type Card, type CardStatus, type IssueCardRequest, type Outcome } from 'cardwright';

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
