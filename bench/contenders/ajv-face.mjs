import { trimType } from './rules.mjs';

/** How functions that ajv compiled are used: they leave their errors on themselves. */
export function ajvFace(issueCard, envelope) {
  return {
    check: (values) => (issueCard(trimType(values)) ? undefined : issueCard.errors),
    passed: (errors) => errors === undefined,
    found: (errors) => errors,
    placesOf,
    readCards(body) {
      const answer = JSON.parse(body);
      return envelope(answer) ? answer : undefined;
    },
  };
}

/** A name that is missing or not known comes as an issue on the object that holds it, or does not. */
function placesOf({ instancePath, params }) {
  const name = params.missingProperty ?? params.additionalProperty;
  const at = instancePath.slice(1).replaceAll('/', '.');
  return [name === undefined ? at : at === '' ? name : `${at}.${name}`];
}
