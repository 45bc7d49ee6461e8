import { pintopay } from './cardwright/index.js';
import { element } from './element.js';
import { field } from './field.js';
import { FieldMessages } from './field-messages.js';
import { OnePress, pressTimeOf, shownOn } from './one-press.js';
import { PRODUCT_GROUPS } from './order-products.js';
import { OutcomeMessage } from './outcome-message.js';
import { slugWords } from './slug-words.js';

const DEMO_USER = 'customer-1042';

/** Makes the form work. `onOrdered` is told the order that was made, and what was asked for. */
export function orderForm(form, { client, onOrdered }) {
  const messages = new FieldMessages(() => issues());
  const outcome = new OutcomeMessage(form.querySelector('.form__outcome'));
  const button = form.querySelector('[type=submit]');
  const press = new OnePress(shownOn(button, 'Ordering'));
  const pressTime = pressTimeOf(button);
  const place = (path) => form.querySelector(`[data-field="${path}"]`);

  const product = productField();
  place('product_code').replaceWith(product.root);
  messages.add('product_code', product);

  const user = field(pintopay.createCard, 'external_user_id', { form: 'order', hint: 'Your own id for the person.' });
  user.control.value = DEMO_USER;
  place('external_user_id').replaceWith(user.root);
  messages.add('external_user_id', user);

  const values = () => ({ product_code: product.control.value, external_user_id: user.control.value });

  function issues() {
    const checked = pintopay.createCard.check(values());
    return checked.ok ? [] : checked.issues.map(toField);
  }

  async function send(entered, times = 1) {
    if (times === 1) {
      outcome.clear();
      // What was said of the last try is no word about this one.
      messages.clear();
    }
    const result = await client.safe.pintopay.createCard(entered);
    if (result.ok) {
      onOrdered(result.data, { product: entered.product_code, user: entered.external_user_id });
      const taken = 'The order was taken. You can follow it below.';
      return outcome.say(result.meta.replayed ? `${taken} It is the one from your first request; nothing was ordered twice.` : taken);
    }
    const { error } = result;
    outcome.fail(error, { action: 'createCard', more: explained(error), times, askAgain: () => send(entered, times + 1) });
  }

  /** Puts what was said beside the fields it is about. Gives the rest. */
  function explained(error) {
    if (error.outcome !== 'rejected' || !error.slug) return messages.say(error);
    const { message, help } = slugWords(error.slug);
    const path = error.field ? [error.field] : [];
    const others = messages.say({ outcome: 'rejected', issues: [{ path, message }] });
    return [...others, { message: help }];
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const at = pressTime();
    const checked = pintopay.createCard.check(values());
    if (checked.ok) return press.run(() => send(checked.request), at);
    const others = messages.judgeAll();
    if (others.length > 0) outcome.say(others.map(({ message }) => message).join(' '), 'not_sent');
    else outcome.clear();
  });
}

/** That one of two products must be named is, on a form that has only one, about that one. */
function toField(issue) {
  return issue.code === 'exactly_one' ? { ...issue, path: ['product_code'], message: 'Choose a product.' } : issue;
}

function productField() {
  const made = field(pintopay.createCard, 'product_code', { form: 'order', hint: 'Each one goes its own way.' });
  const attributes = Object.fromEntries(['id', 'name', 'class', 'autocomplete', 'aria-required', 'aria-describedby'].map((name) => [name, made.control.getAttribute(name)]));
  const groups = PRODUCT_GROUPS.map(([label, products]) => element('optgroup', { label }, ...products.map(([value, name]) => element('option', { value, selected: value === 'plain' }, name))));
  const control = element('select', attributes, element('option', { value: '' }, 'Choose a product'), ...groups);
  made.control.replaceWith(control);
  return { ...made, control };
}
