/** The sandbox's products, by what becomes of an order for them. A real issuer's stand here in their place. */
const slugs = (beginning) =>
  [
    ['product_not_found', 'Product is not known'],
    ['product_not_active', 'Product is not offered'],
    ['cardholder_not_found', 'User is not known'],
    ['cardholder_not_ready', 'User is not ready'],
    ['external_user_id_required', 'User is missing'],
    ['insufficient_funds', 'Balance is too low'],
    ['invalid_pricing', 'Prices are wrong'],
    ['card_product_limits_invalid', 'Limits are wrong'],
    ['idempotency_key_required', 'Key is missing'],
  ].map(([slug, name]) => [`${beginning}-${slug}`, name]);

export const PRODUCT_GROUPS = [
  ['It works', [['plain', 'Plain'], ['slow', 'Slow'], ['skip-topup', 'Without a first top-up']]],
  [
    'It works at the second try',
    [
      ['retry-card_create_error', 'Making the card is tried again'],
      ['retry-initial_topup_error', 'The top-up is tried again'],
      ['retry-initial_topup_verify_error', 'The check of the top-up is tried again'],
    ],
  ],
  ['It is refused at once', slugs('fail-now')],
  ['It fails later', slugs('fail-later')],
  [
    'It gets into trouble',
    [
      ['topup-fails', 'The top-up fails, the card exists'],
      ['stuck-card_create_pending', 'Stuck while the card is made'],
      ['unknown-status', 'A status nobody knows'],
    ],
  ],
];

const GROUPED = new Map(PRODUCT_GROUPS.flatMap(([group, products]) => products.map(([code, name]) => [code, `${group}: ${name}`])));
const PLAIN = new Map(PRODUCT_GROUPS[0][1]);

/** What people call a product; one that is not known is called by its code. */
export function productName(code) {
  return PLAIN.get(code) ?? GROUPED.get(code) ?? code;
}
