// No framework and no bundler: the form's own controls, and the package's file as it is.

import { CardClient, ingo, toFieldErrors } from 'cardwright';

const client = new CardClient({ baseUrl: '/api' });
const form = /** @type {HTMLFormElement} */ (document.querySelector('form'));
const status = /** @type {HTMLElement} */ (form.querySelector('[role=status]'));
const findOut = /** @type {HTMLButtonElement} */ (form.querySelector('button[type=button]'));
const fields = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll('input'));

/** @type {Record<string, import('cardwright').OperationField<unknown>>} */
const described = ingo.issueCard.fields;
for (const input of fields) {
  const { inputMode, autocomplete } = described[input.name].constraints;
  if (inputMode) input.inputMode = inputMode;
  if (autocomplete) input.setAttribute('autocomplete', autocomplete);
}

/** @param {ReturnType<typeof client.safe.ingo.issueCard>} call */
async function show(call) {
  status.textContent = 'Issuing the card…';
  const result = await call;
  const said = result.ok ? { fields: {}, form: [] } : toFieldErrors(result.error);
  for (const input of fields) {
    const message = said.fields[input.name]?.[0]?.message ?? '';
    input.setAttribute('aria-invalid', String(message !== ''));
    /** @type {HTMLElement} */ (input.nextElementSibling).textContent = message;
  }
  status.textContent = result.ok ? `The card •••• ${result.data.card?.last_four} is issued.` : result.error.message;
  findOut.hidden = result.ok || result.error.outcome !== 'unknown';
  findOut.value = result.ok ? '' : (result.error.idempotencyKey ?? '');
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  // Called again while it is under way, the same values are the same call; after an unknown they are sent with the same key.
  void show(client.safe.ingo.issueCard(ingo.issueCard.fromFormData(new FormData(form))));
});
findOut.addEventListener('click', () => {
  void show(/** @type {ReturnType<typeof client.safe.ingo.issueCard>} */ (client.safe.intents.resolve(findOut.value)));
});
