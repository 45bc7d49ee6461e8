/**
 * How long an order is watched before the page asks whether to go on: `?wait=2000` makes it two seconds. Without it, the
 * library's own limit of five minutes holds.
 */
export function waitLimitMs(address = location.href) {
  const asked = Number(new URL(address).searchParams.get('wait'));
  return asked > 0 ? asked : undefined;
}
