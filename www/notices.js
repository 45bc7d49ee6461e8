import { element } from './element.js';

/** The notices of a request: advice, and what must be confirmed before it is sent. */
export class Notices {
  #place;
  #boxes = new Map();

  constructor(place) {
    this.#place = place;
  }

  /** Shows these notices; what was confirmed stays confirmed while its notice stays. */
  show(notices) {
    const codes = notices.map(({ code }) => code);
    if (codes.join() === [...this.#place.children].map((child) => child.dataset.notice).join()) return;
    this.#boxes.clear();
    this.#place.replaceChildren(...notices.map((notice) => (notice.confirm ? this.#box(notice) : advice(notice))));
  }

  /** The codes the person has confirmed. */
  get accepted() {
    return [...this.#boxes].filter(([, { box }]) => box.checked).map(([code]) => code);
  }

  /** Whether all is confirmed; if not, it says so beside the first that is not. */
  complete() {
    const open = [...this.#boxes.values()].filter(({ box }) => !box.checked);
    for (const { box, message } of open) {
      message.textContent = 'Please confirm this first.';
      box.setAttribute('aria-invalid', 'true');
    }
    open[0]?.box.focus();
    return open.length === 0;
  }

  #box({ code, message: text }) {
    const id = `confirm-${code}`;
    const box = element('input', { type: 'checkbox', id, 'aria-describedby': `${id}-message`, 'aria-required': 'true' });
    const message = element('p', { class: 'field__message', id: `${id}-message` });
    box.addEventListener('change', () => {
      message.textContent = '';
      box.removeAttribute('aria-invalid');
    });
    this.#boxes.set(code, { box, message });
    const label = element('label', { class: 'confirmation__label', for: id }, box, element('span', {}, element('strong', {}, text), ' I understand.'));
    return element('div', { class: 'confirmation', 'data-notice': code }, label, message);
  }
}

function advice({ code, message }) {
  return element('p', { class: 'notice', 'data-notice': code }, message);
}
