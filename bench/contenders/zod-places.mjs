/** The places an issue of zod is about: names it does not know come as one issue, on the object that holds them. */
export function placesOf({ code, keys, path }) {
  const at = path.join('.');
  return code === 'unrecognized_keys' ? keys.map((key) => (at === '' ? key : `${at}.${key}`)) : [at];
}
