import { ingo } from './cardwright/index.js';
import { AddressFields } from './address-fields.js';
import { shortNumber, statusWord } from './bank-card.js';
import { field } from './field.js';
import { FieldMessages } from './field-messages.js';
import { Notices } from './notices.js';
import { OnePress, pressTimeOf, shownOn } from './one-press.js';
import { OutcomeMessage } from './outcome-message.js';

const DEMO_USER = 'user-8f3a2b1c-0e44-4f2d-9a11-7b23cc90d1ef';

/** Makes the form work. `onPlan` is told the type that is chosen, `onIssued` the card that was made. */
export function issueForm(form, { client, onPlan, onIssued }) {
  const messages = new FieldMessages(() => issues());
  const outcome = new OutcomeMessage(form.querySelector('.form__outcome'));
  const notices = new Notices(form.querySelector('.form__notices'));
  const button = form.querySelector('[type=submit]');
  const press = new OnePress(shownOn(button, 'Issuing'));
  const pressTime = pressTimeOf(button);
  const place = (path) => form.querySelector(`[data-field="${path}"]`);

  const user = field(ingo.issueCard, 'user_id', { form: 'issue', hint: 'The person the card belongs to.', wide: true });
  user.control.value = DEMO_USER;
  place('user_id').replaceWith(user.root);
  messages.add('user_id', user);

  const type = form.querySelector('#issue-card_type');
  messages.add('card_type', { control: type, message: form.querySelector('#issue-card_type-message') });
  type.setAttribute('aria-describedby', 'issue-card_type-message');

  const address = form.querySelector('.address');
  const addressFields = new AddressFields(address.querySelector('.address__fields'), ingo.issueCard, 'issue', messages);

  const hint = 'If this card replaces a virtual one that exists already.';
  const virtual = field(ingo.issueCard, 'virtual_card_id', { form: 'issue', hint, optional: true, wide: true });
  place('virtual_card_id').replaceWith(virtual.root);
  messages.add('virtual_card_id', virtual);

  function values() {
    const card_type = form.querySelector('[name=card_type]:checked')?.value ?? null;
    const entered = { user_id: user.control.value, card_type };
    if (card_type === 'physical') {
      return { ...entered, shipping_address: addressFields.values, virtual_card_id: virtual.control.value };
    }
    // What was entered before the type was changed is kept, so that the rules can say it will not be used.
    return addressFields.touched ? { ...entered, shipping_address: addressFields.values } : entered;
  }

  function issues() {
    const checked = ingo.issueCard.check(values());
    if (checked.ok) notices.show(checked.notices);
    return checked.ok ? [] : checked.issues;
  }

  async function send(entered, times = 1) {
    if (times === 1) {
      outcome.clear();
      // What was said of the last try is no word about this one.
      messages.clear();
    }
    const result = await client.safe.ingo.issueCard(entered);
    if (result.ok) {
      const { card } = result.data;
      if (card) onIssued(card);
      const made = card ? `The card ${shortNumber(card)} was made. It is ${statusWord(card.status)}.` : 'The card was made.';
      return outcome.say(result.meta.replayed ? `${made} It is the one from your first request; nothing was made twice.` : made);
    }
    const { error } = result;
    const more = messages.say(error);
    outcome.fail(error, { action: 'issueCard', more, times, askAgain: () => send(entered, times + 1) });
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const at = pressTime();
    const entered = values();
    if (ingo.issueCard.check(entered).ok) return press.run(() => send(entered), at);
    const others = messages.judgeAll();
    if (others.length > 0) outcome.say(others.map(({ message }) => message).join(' '), 'not_sent');
    else outcome.clear();
  });

  function adapt() {
    const chosen = values().card_type;
    address.hidden = chosen !== 'physical';
    if (chosen) onPlan(chosen);
    messages.refresh();
  }
  type.addEventListener('change', adapt);
  adapt();
}
