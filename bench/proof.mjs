// That a contender does the work before anybody times it.

/** What it judges wrongly; nothing, or it is not timed. */
export function wrongOf({ check, passed, found, placesOf, readCards }, { inputs, answers }, { valid, wrong }) {
  const said = [];
  for (const { name, value, passes } of inputs) {
    if (attempt(() => passed(check(value))) !== passes) said.push(`${name}: expected to ${passes ? 'pass' : 'be refused'}`);
  }
  for (const { name, body, passes } of answers) {
    if (attempt(() => readCards(body) !== undefined) !== passes) said.push(`answer, ${name}: expected ${passes ? 'to be read' : 'not to be'}`);
  }
  for (const value of valid) if (!passed(check(value))) said.push(`expected to pass: ${JSON.stringify(value)}`);
  for (const { request, places } of wrong) {
    const result = check(request);
    const at = passed(result) ? [] : [...new Set([...found(result)].flatMap(placesOf))].sort();
    if (at.join() !== places.join()) said.push(`expected issues at ${places}, found ${at}`);
  }
  return said;
}

/** Whether what was said of a file's rows is what was made wrong in them. */
export function rowsAreRight({ rows, invalid, places }, expected) {
  if (rows !== expected.rows || invalid !== expected.places.length) return false;
  const found = new Map();
  for (const [row, place] of places) found.set(row, (found.get(row) ?? new Set()).add(place));
  return expected.places.every(([row, wrong]) => [...(found.get(row) ?? [])].sort().join() === wrong.join());
}

function attempt(verdict) {
  try {
    return verdict();
  } catch (error) {
    return error.message;
  }
}
