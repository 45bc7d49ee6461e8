import { ingo } from './cardwright/index.js';
import { AddressFields } from './address-fields.js';
import { shortNumber, typeName } from './bank-card.js';
import { field } from './field.js';
import { FieldMessages } from './field-messages.js';
import { Notices } from './notices.js';
import { OnePress, pressTimeOf, SAME_GESTURE_MS, shownOn } from './one-press.js';
import { OutcomeMessage } from './outcome-message.js';

/** Makes the dialog work. Gives the function that opens it for a card; `onReissued` is told the old card and the new one. */
export function reissueDialog(dialog, { client, onReissued }) {
  const form = dialog.querySelector('form');
  const messages = new FieldMessages(() => issues());
  const outcome = new OutcomeMessage(form.querySelector('.form__outcome'));
  const notices = new Notices(form.querySelector('.form__notices'));
  const address = form.querySelector('.address');
  let card;
  let working = false;

  for (const path of ['reuse_pan', 'card_type']) {
    const control = form.querySelector(`#reissue-${path}`);
    const message = form.querySelector(`#reissue-${path}-message`);
    control.setAttribute('aria-describedby', message.id);
    messages.add(path, { control, message });
  }
  const addressFields = new AddressFields(address.querySelector('.address__fields'), ingo.reissueCard, 'reissue', messages);
  const reason = field(ingo.reissueCard, 'reason', { form: 'reissue', optional: true, wide: true });
  form.querySelector('[data-field=reason]').replaceWith(reason.root);
  messages.add('reason', reason);

  const button = form.querySelector('[type=submit]');
  const press = new OnePress(shownOn(button, 'Reissuing'));
  const pressTime = pressTimeOf(button);
  const chosen = (name) => form.querySelector(`[name=${name}]:checked`)?.value ?? null;

  function values() {
    const kept = chosen('reuse_pan');
    const card_type = chosen('card_type');
    const entered = { user_id: card.user_id, id: card.id, reuse_pan: kept && kept === 'true', card_type, reason: reason.control.value };
    const isShipped = card_type === 'physical';
    return isShipped || addressFields.touched ? { ...entered, shipping_address: addressFields.values } : entered;
  }

  function issues() {
    if (!card) return [];
    const checked = ingo.reissueCard.check(values());
    if (checked.ok) notices.show(checked.notices);
    return checked.ok ? [] : checked.issues;
  }

  async function send(entered, accept, times = 1) {
    if (times === 1) outcome.clear();
    working = true;
    const result = await client.safe.ingo.reissueCard(entered, { accept });
    // A second click of the same gesture must not land on what is behind the dialog.
    if (result.ok) await new Promise((resolve) => setTimeout(resolve, SAME_GESTURE_MS));
    working = false;
    if (result.ok) {
      dialog.close();
      return onReissued(card, result.data.card);
    }
    const { error } = result;
    const more = messages.say(error);
    outcome.fail(error, { action: 'reissueCard', more, times, askAgain: () => send(entered, accept, times + 1) });
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const at = pressTime();
    const entered = values();
    if (!ingo.reissueCard.check(entered).ok) {
      const others = messages.judgeAll();
      if (others.length > 0) outcome.say(others.map(({ message }) => message).join(' '), 'not_sent');
    } else if (notices.complete()) {
      press.run(() => send(entered, notices.accepted), at);
    }
  });

  function adapt() {
    address.hidden = chosen('card_type') !== 'physical';
    // The notice about the number does not wait for the address to be whole.
    const number = ingo.reissueCard.check({ user_id: card.user_id, id: card.id, reuse_pan: chosen('reuse_pan') === 'true' });
    if (number.ok) notices.show(number.notices);
    messages.refresh();
  }
  form.addEventListener('change', adapt);

  // While it is under way, closing would hide what becomes of it.
  dialog.addEventListener('cancel', (event) => {
    if (working) event.preventDefault();
  });
  form.querySelector('[value=cancel]').addEventListener('click', () => {
    if (!working) dialog.close();
  });

  return (given) => {
    card = given;
    form.reset();
    form.querySelector('[name=reuse_pan][value=true]').checked = true;
    for (const radio of form.querySelectorAll('[name=card_type]')) radio.checked = radio.value === card.card_type;
    form.querySelector('.dialog__card').textContent = `${typeName(card.card_type)} card ${shortNumber(card)}`;
    outcome.clear();
    messages.clear();
    notices.show([]);
    adapt();
    dialog.showModal();
  };
}
