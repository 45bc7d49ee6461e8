// What the schemas below share: the words and patterns of an issue, and the two rules no library says alike.

export const STATES = (
  'AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA ' +
  'RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR VI AA AE AP'
).split(' ');

const HEX = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const words = {
  user: `user-${HEX}`,
  card: `(?:rcrd-${HEX})?`,
  key: '(?:[A-Za-z0-9_-]{16,64})?',
  blank: '',
  state: `(?:${STATES.join('|')})`,
  zip: '[0-9]{5}',
  country: 'US',
};

const patterns = (before, behind) =>
  Object.fromEntries(
    Object.entries(words).map(([name, word]) => {
      // Without the flag `u`, no letter beyond ASCII is the same as one within it.
      return [name, new RegExp(`^${before}${word}${behind}$`, name === 'state' || name === 'country' ? 'i' : '')];
    }),
  );

/** For libraries that trim first. */
export const TRIMMED = patterns('', '');
/** For libraries that only judge: blanks may stand around it. */
export const BLANKS_AROUND = patterns('\\s*', '\\s*');

/** No control character. */
export const PRINTABLE = /^[^\u0000-\u001f\u007f-\u009f]*$/;

/** Whether a text, once trimmed, is one line of at most so many characters. */
export function isLine(text, max) {
  const trimmed = text.trim();
  return trimmed !== '' && trimmed.length <= max && PRINTABLE.test(trimmed);
}

/** The same for a line that may be left blank. */
export const isLineOrBlank = (text, max) => text.trim() === '' || isLine(text, max);

/** Unions are told apart by `card_type` as it stands: blanks around it have to go before the schema sees it. */
export function trimType(values) {
  const type = values?.card_type;
  if (typeof type !== 'string') return values;
  const trimmed = type.trim();
  return trimmed === type ? values : { ...values, card_type: trimmed };
}
