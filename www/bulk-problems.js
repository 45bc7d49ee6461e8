import { element } from './element.js';
import { enable } from './enable.js';

const ON_A_PAGE = 20;

/** What is wrong with rows, some at a time: each can be fixed in place, or its row left out. */
export class BulkProblems {
  #root;
  #list;
  #pages;
  #onChange;
  #onLeaveOut;
  #onPassOver;
  #all;
  #problems = [];
  #sheet;
  #page = 0;
  /** What is shown now, each problem's item by what it says. */
  #items = new Map();
  #made = 0;
  #isSettling = false;

  /** `onChange` is told a row's number in the file, path and value; `onLeaveOut` numbers; `onPassOver` the column of a header; the last two also the press. */
  constructor(root, { onChange, onLeaveOut, onPassOver }) {
    this.#root = root;
    this.#list = root.querySelector('.problems__list');
    this.#pages = root.querySelector('.problems__pages');
    this.#all = root.querySelector('.problems__all');
    this.#onChange = onChange;
    this.#onLeaveOut = onLeaveOut;
    this.#onPassOver = onPassOver;
    this.#all.addEventListener('click', (press) => onLeaveOut([...this.#rows], press));
    this.#pages.addEventListener('click', ({ target }) => this.#turn(target.closest('button')));
  }

  /** Shows problems: `{ number, path, label, message, canFix, canLeave }`, in the order of the rows; number 0 is the header. `count` is how many there are in all, `rows` in how many rows. */
  show({ problems, count, rows }, sheet) {
    const had = this.#list.contains(document.activeElement) ? [...this.#list.children].findIndex((item) => item.contains(document.activeElement)) : -1;
    this.#problems = problems;
    this.#sheet = sheet;
    this.#root.hidden = problems.length === 0;
    const isHeader = problems.every(({ number }) => number === 0);
    const where = isHeader ? ' in the header' : rows === undefined ? '' : ` in ${said(rows, 'row')}`;
    const more = count > problems.length ? ` The first ${problems.length.toLocaleString()} are shown.` : '';
    this.#root.querySelector('.problems__title').textContent = `${said(count, 'problem')}${where}`;
    this.#all.hidden = isHeader;
    this.#root.querySelector('.problems__more').textContent = `Fix them here, or leave the rows out.${more}`;
    this.#draw();
    // Whose problem is gone goes on with what stands there now.
    if (had >= 0 && !this.#list.contains(document.activeElement)) (this.#list.children[Math.min(had, this.#list.children.length - 1)]?.querySelector('input, button'))?.focus();
  }

  get #rows() {
    return new Set(this.#problems.map(({ number }) => number).filter((number) => number > 0));
  }

  /** While a gesture lasts, nothing may be left out: what stands under the pointer by then is another row. */
  settle(isSettling) {
    this.#isSettling = isSettling;
    for (const button of [this.#all, ...this.#list.querySelectorAll('button')]) enable(button, !isSettling);
  }

  #turn(button) {
    if (!button || button.hasAttribute('aria-disabled')) return;
    this.#page += Number(button.value);
    this.#draw();
  }

  #draw() {
    const last = Math.max(0, Math.ceil(this.#problems.length / ON_A_PAGE) - 1);
    this.#page = Math.min(this.#page, last);
    const from = this.#page * ON_A_PAGE;
    this.#put(this.#problems.slice(from, from + ON_A_PAGE));
    this.#pages.hidden = last === 0;
    this.#pages.querySelector('span').textContent = `${this.#page + 1} of ${last + 1}`;
    for (const button of this.#pages.querySelectorAll('button')) {
      const goes = this.#page + Number(button.value);
      enable(button, goes >= 0 && goes <= last);
    }
  }

  /** What is still to be shown stays where it is: somebody may be typing there, or pressing its button. */
  #put(problems) {
    const items = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
    for (const [said, problem] of items) items.set(said, this.#items.get(said) ?? this.#item(problem));
    this.#items = items;
    const shown = [...items.values()];
    for (const item of [...this.#list.children]) if (!shown.includes(item)) item.remove();
    for (const [at, item] of shown.entries()) if (this.#list.children[at] !== item) this.#list.insertBefore(item, this.#list.children[at] ?? null);
  }

  #item({ number, path, label, message, canFix, canLeave }) {
    const id = `problem-${++this.#made}`;
    const leave = canLeave ? this.#leaveButton(number, path) : element('span');
    const what = [
      element('span', { class: 'problem__row' }, number === 0 ? 'Header' : `Row ${number.toLocaleString()}`),
      element('span', { class: 'problem__label' }, label),
      element('span', { class: 'problem__message', id: `${id}-message` }, message),
    ];
    if (!canFix) return element('li', { class: 'problem' }, ...what, leave);
    // Of no form: Enter is the end of this value, and not the wish to issue all rows.
    const control = element('input', { class: 'control control--small problem__fix', type: 'text', form: '', spellcheck: 'false', autocomplete: 'off', 'aria-invalid': 'true', 'aria-label': `${label} of row ${number}`, 'aria-describedby': `${id}-message` });
    control.value = this.#sheet.value(number, path);
    control.addEventListener('change', () => this.#onChange(number, path, control.value));
    return element('li', { class: 'problem' }, ...what, control, leave);
  }

  #leaveButton(number, path) {
    const words = number === 0 ? `Leave the column ${path} out` : `Leave row ${number} out`;
    const button = element('button', { class: 'button button--small', type: 'button', 'aria-label': words }, 'Leave out');
    enable(button, !this.#isSettling);
    button.addEventListener('click', (press) => (number === 0 ? this.#onPassOver(path, press) : this.#onLeaveOut([number], press)));
    return button;
  }
}

/** "1 row", "12,000 rows". */
export function said(count, word) {
  return `${count.toLocaleString()} ${word}${count === 1 ? '' : 's'}`;
}
