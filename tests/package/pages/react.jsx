// A dashboard as small as can be: what the hook gives is shown, and what it can do has a button each.

import { CardClient } from 'cardwright';
import { useIntent } from 'cardwright/react';
import { StrictMode, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';

const clients = new Map();
let root;

/** The client of a token; without one, the page's own. */
function clientOf(token) {
  if (!clients.has(token)) clients.set(token, new CardClient({ headers: token && { authorization: token } }));
  return clients.get(token);
}

function Form({ operation, values, sendsAtOnce, token }) {
  const [user_id, change] = useState(values.user_id);
  const intent = useIntent(clientOf(token), operation);
  const { status, data, error, notices, submit, accept, resolve, startNew } = intent;
  const first = useRef([submit, accept, resolve, startNew]);
  const isStable = [submit, accept, resolve, startNew].every((act, at) => act === first.current[at]);
  useEffect(() => {
    if (sendsAtOnce) void submit(values);
  }, []);
  const shown = { status, code: error?.code, outcome: error?.outcome, notices: notices.map(({ code }) => code), card: data?.card?.id, isStable };
  window.states.push(status);
  return (
    <form onSubmit={(event) => (event.preventDefault(), void submit({ ...values, user_id }))}>
      <input value={user_id} onChange={({ target }) => change(target.value)} />
      <button>Send</button>
      <button type="button" onClick={() => void accept()}>Yes</button>
      <button type="button" onClick={() => void resolve()}>Find out</button>
      <button type="button" onClick={startNew}>Start new</button>
      <output>{JSON.stringify(shown)}</output>
    </form>
  );
}

window.states = [];
/** Another part of the page, which finds out about all that is pending. */
window.panel = async () => {
  const { intents } = clientOf();
  const ends = [];
  for (const { key } of await intents.pending()) ends.push(await intents.resolve(key).then(() => 'done', ({ code }) => code));
  return ends;
};
window.show = (given) => {
  root ??= createRoot(document.querySelector('main'));
  const forms = Array.from({ length: given.count ?? 1 }, (_, nth) => <Form key={nth} {...given} />);
  root.render(given.isStrict ? <StrictMode>{forms}</StrictMode> : forms);
};
window.leave = () => {
  root.unmount();
  root = undefined;
};
