import { element } from './element.js';

/**
 * Makes the control of one field, with its label and a place for its message. What the control is told comes from the
 * descriptor, save `maxlength`: it would cut a pasted address without a word, and count otherwise than the rules do.
 */
export function field(operation, path, { form, hint, optional = false, wide = false, nameOf = (choice) => choice }) {
  const { label, constraints } = operation.fields[path];
  const id = `${form}-${path}`;
  const attributes = {
    class: 'control',
    id,
    name: path,
    autocomplete: constraints.autocomplete ?? 'off',
    'aria-required': optional ? undefined : 'true',
    'aria-describedby': hint ? `${id}-hint ${id}-message` : `${id}-message`,
  };
  const control = constraints.choices
    ? select(attributes, label, constraints.choices, nameOf)
    : element('input', {
        ...attributes,
        type: 'text',
        inputmode: constraints.inputMode,
        spellcheck: 'false',
        autocapitalize: constraints.autocomplete ? undefined : 'none',
        size: String(Math.min(constraints.maxLength ?? 20, 20)),
      });
  const name = label.charAt(0).toUpperCase() + label.slice(1);
  const title = element('label', { class: 'field__label', for: id }, name);
  if (optional) title.append(element('span', { class: 'field__optional' }, ' optional'));
  const message = element('p', { class: 'field__message', id: `${id}-message` });
  const root = element('div', { class: wide ? 'field field--wide' : 'field' }, title);
  if (hint) root.append(element('p', { class: 'field__hint', id: `${id}-hint` }, hint));
  root.append(control, message);
  return { root, control, message };
}

function select(attributes, label, choices, nameOf) {
  const options = choices.map((choice) => element('option', { value: choice }, nameOf(choice)));
  const only = choices.length === 1;
  return element('select', attributes, ...(only ? [] : [element('option', { value: '' }, `Choose a ${label}`)]), ...options);
}
