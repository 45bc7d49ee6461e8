/**
 * The messages beside a form's fields. A field is judged once the person has left it; from then on as they type.
 *
 * `issues` gives what is wrong with the form now.
 */
export class FieldMessages {
  #issues;
  #fields = new Map();
  #judged = new Set();
  /** What the server said of a field; it stands until the field changes. */
  #said = new Map();

  constructor(issues) {
    this.#issues = issues;
  }

  /** Takes on a field: a control, or a group of them. */
  add(path, { control, message }) {
    this.#fields.set(path, { control, message });
    control.addEventListener('focusout', () => {
      if (isEmpty(control)) return;
      this.#judged.add(path);
      this.refresh();
    });
    for (const change of ['input', 'change']) {
      control.addEventListener(change, () => {
        this.#said.delete(path);
        this.refresh();
      });
    }
  }

  /** Shows what is wrong with the fields that are judged already. */
  refresh() {
    const issues = this.#issues();
    for (const [path, field] of this.#fields) {
      const issue = this.#judged.has(path) ? issues.find((issue) => issue.path.join('.') === path) : undefined;
      show(field, this.#said.get(path) ?? issue?.message ?? '');
    }
  }

  /** Judges every field, and puts the person at the first one that is wrong. Gives the issues that belong to no field. */
  judgeAll() {
    for (const path of this.#fields.keys()) this.#judged.add(path);
    this.refresh();
    this.#focusFirst();
    return this.#issues().filter((issue) => !this.#fields.has(issue.path.join('.')));
  }

  /** Shows what the proxy or the issuer said of fields. Gives what was said of none of ours. */
  say({ outcome, issues = [], field }) {
    const named = outcome === 'rejected' && field ? [{ path: field.split('.'), message: 'The issuer did not accept this.' }] : [];
    const [ours, others] = [[], []];
    for (const issue of [...issues, ...named]) (this.#fields.has(issue.path.join('.')) ? ours : others).push(issue);
    for (const issue of ours) this.#said.set(issue.path.join('.'), issue.message);
    this.refresh();
    if (ours.length > 0) this.#focusFirst();
    return others;
  }

  /** Forgets what was judged and said. */
  clear() {
    this.#judged.clear();
    this.#said.clear();
    this.refresh();
  }

  #focusFirst() {
    const wrong = [...this.#fields.values()].find(({ control }) => control.getAttribute('aria-invalid') === 'true');
    const control = wrong?.control;
    if (!control) return;
    const closed = control.closest('details:not([open])');
    if (closed) closed.open = true;
    const target = control.matches('fieldset') ? (control.querySelector(':checked') ?? control.querySelector('input')) : control;
    target.focus();
  }
}

function isEmpty(control) {
  return control.matches('fieldset') ? !control.querySelector(':checked') : control.value.trim() === '';
}

function show({ control, message }, text) {
  if (message.textContent !== text) message.textContent = text;
  if (text === '') control.removeAttribute('aria-invalid');
  else control.setAttribute('aria-invalid', 'true');
}
