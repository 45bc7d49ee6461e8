import { element } from './element.js';

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const UNITS = [['day', 86_400], ['hour', 3_600], ['minute', 60]];

/** A time as people say it: "2 minutes ago". The exact one stands in the title. */
export function lastSeen(iso) {
  const made = element('time', { class: 'last-seen', datetime: iso, title: new Date(iso).toLocaleString() });
  renew(made);
  return made;
}

/** Says the times below `root` anew. */
export function renewLastSeen(root) {
  for (const time of root.querySelectorAll('.last-seen')) renew(time);
}

function renew(time) {
  const seconds = Math.max(0, (Date.now() - Date.parse(time.dateTime)) / 1_000);
  const [unit, length] = UNITS.find(([, length]) => seconds >= length) ?? [];
  const text = unit ? RELATIVE.format(-Math.floor(seconds / length), unit) : 'just now';
  if (time.textContent !== text) time.textContent = text;
}
