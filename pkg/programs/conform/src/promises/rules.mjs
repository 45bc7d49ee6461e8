// The rules over a request: said at their fields, all at once, and nothing is sent.

import { Broken, done, issue, refused } from '../expect.mjs';

export const rules = {
  'an unknown field is an issue at its name': async ({ posts, lists, backend, samples }) => {
    for (const operation of posts) {
      const body = { ...(await samples.of(operation)), not_a_field: 1 };
      issue(await backend.ask(operation, { body }), 'not_a_field', 'unknown_field', operation.name);
    }
    for (const operation of lists) issue(await backend.ask(operation, { query: '?not_a_field=1' }), 'not_a_field', 'unknown_field', operation.name);
  },

  'a field that must be there and is not is an issue at its name, all of them at once': async ({ posts, backend }) => {
    for (const operation of posts) {
      const answer = await backend.ask(operation, { body: {} });
      for (const name of operation.fields.required) issue(answer, name, 'required', operation.name);
    }
  },

  'a value of another kind is an issue at its name': async ({ posts, backend, samples }) => {
    for (const operation of posts) {
      const request = await samples.of(operation);
      for (const name of Object.keys(request)) issue(await backend.ask(operation, { body: { ...request, [name]: [] } }), name, 'wrong_kind', operation.name);
    }
  },

  'what is blank or null counts as absent, and text is trimmed': async ({ posts, backend, samples, document }) => {
    for (const operation of posts) {
      const request = await samples.of(operation);
      for (const name of Object.keys(request).filter((name) => operation.fields.required.includes(name))) {
        for (const blank of [null, '', ' \t\u3000']) issue(await backend.ask(operation, { body: { ...request, [name]: blank } }), name, 'required', operation.name);
      }
    }
    const issueCard = document.operation('ingo.issueCard');
    if (posts.includes(issueCard)) {
      const { user_id } = await samples.of(issueCard);
      done(await backend.ask(issueCard, { body: { user_id: ` ${user_id}\u00a0`, card_type: ' virtual ', virtual_card_id: null } }), 'ingo.issueCard with blanks');
    }
  },

  'what is no object is refused': async ({ posts, backend }) => {
    for (const operation of posts) {
      for (const body of ['[]', '1', 'null', '"text"']) issue(await backend.ask(operation, { body }), '', 'not_an_object', `${operation.name}: ${body}`);
    }
  },

  'a name that sounds like a credential is refused, at any depth': async ({ posts, backend, samples }) => {
    for (const operation of posts) {
      const request = await samples.of(operation);
      for (const name of ['api_key', 'Authorization', 'secret', 'token']) issue(await backend.ask(operation, { body: { ...request, [name]: 'x' } }), name, 'secret_in_browser', operation.name);
      if (operation.fields.all.includes('shipping_address')) {
        const body = { ...request, shipping_address: { city: 'X', api_key: 'x' } };
        issue(await backend.ask(operation, { body }), 'shipping_address.api_key', 'secret_in_browser', operation.name);
      }
    }
  },

  'an address is judged child by child': async ({ posts, backend, samples }) => {
    for (const operation of posts.filter(({ fields }) => fields.all.includes('shipping_address'))) {
      const body = { ...(await samples.of(operation)), card_type: 'physical', shipping_address: { postal_code: '1234', state: 'XX', country: 'DE' } };
      const answer = await backend.ask(operation, { body });
      for (const [name, code] of [['postal_code', 'postal_code_format'], ['state', 'state_unknown'], ['country', 'country_not_supported'], ['city', 'required']]) {
        issue(answer, `shipping_address.${name}`, code, operation.name);
      }
    }
  },

  'an issue has path, code and a sentence for the person at the form, and never the value': async ({ posts, backend }) => {
    const secret = 'Value-4711-of-nobody';
    for (const operation of posts) {
      const body = Object.fromEntries(operation.fields.all.map((name) => [name, secret]));
      const { body: problem, text } = await backend.ask(operation, { body: { ...body, [secret.toLowerCase()]: 1, other: secret } });
      if (problem?.issues === undefined) throw new Broken(`${operation.name}: expected issues`);
      if (text.includes(secret)) throw new Broken(`${operation.name}: expected a problem without the value that was refused`);
      if (problem.issues.some(({ message }) => !/^[A-Z].*\.$/.test(message))) throw new Broken(`${operation.name}: expected sentences`);
    }
  },

  'a notice that must be confirmed is asked, and goes through once it is accepted': async ({ posts, backend, samples }) => {
    for (const operation of posts.filter(({ mayNeedConsent }) => mayNeedConsent)) {
      const body = { ...(await samples.of(operation)), reuse_pan: false, user_id: samples.stranger };
      const answer = await backend.ask(operation, { body });
      refused(answer, 422, 'confirmation_required', operation.name);
      const codes = (answer.body.notices ?? []).filter(({ confirm }) => confirm).map(({ code }) => code);
      if (codes.length === 0) throw new Broken(`${operation.name}: expected the notices to confirm`);
      const { body: after } = await backend.ask(operation, { body, headers: { 'accept-notices': codes.join(', ') } });
      if (after?.code === 'confirmation_required') throw new Broken(`${operation.name}: expected accepted notices to be enough`);
    }
  },
};
