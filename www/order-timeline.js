import { element } from './element.js';

const STEPS = ['Ordered', 'Making the card', 'Card made', 'Topping up', 'Done'];
const SPOKEN = { done: 'done', current: 'under way', trying: 'being tried again', stopped: 'stopped here', skipped: 'left out', ahead: 'to come' };

/** The way of an order in five steps, on a bar that fills. */
export class OrderTimeline {
  root;
  #bar;
  #fill = element('span', { class: 'timeline__fill' });
  #steps;

  constructor(name) {
    this.#bar = element('div', { class: 'timeline__bar', role: 'progressbar', 'aria-label': name, 'aria-valuemin': '0', 'aria-valuemax': '100' }, this.#fill);
    this.#steps = STEPS.map((step) => {
      const spoken = element('span', { class: 'visually-hidden' });
      const root = element('li', { class: 'timeline__step' }, element('span', { class: 'timeline__name' }, step), spoken);
      return { root, spoken };
    });
    this.root = element('div', { class: 'timeline' }, this.#bar, element('ol', { class: 'timeline__steps' }, ...this.#steps.map(({ root }) => root)));
  }

  /** Shows how far the order is. `result` tells whether it goes on, `skipped` whether the top-up was left out. */
  show({ step, percent, label, retrying }, { result, skipped }) {
    this.root.dataset.result = result;
    this.root.toggleAttribute('data-retrying', retrying);
    this.#bar.setAttribute('aria-valuenow', String(percent));
    this.#bar.setAttribute('aria-valuetext', `${percent} percent. ${label}`);
    this.#fill.style.setProperty('width', `${percent}%`);
    this.#steps.forEach(({ root, spoken }, index) => {
      const state = stateOf(index + 1, { step, retrying, whole: percent === 100, running: result === 'still_running', skipped });
      root.dataset.state = state;
      spoken.textContent = `, ${SPOKEN[state]}`;
      if (index + 1 === step && result === 'still_running') root.setAttribute('aria-current', 'step');
      else root.removeAttribute('aria-current');
    });
  }
}

function stateOf(number, { step, retrying, whole, running, skipped }) {
  if (skipped && number === STEPS.indexOf('Topping up') + 1) return 'skipped';
  if (whole || number < step) return 'done';
  if (number > step) return 'ahead';
  if (!running) return 'stopped';
  return retrying ? 'trying' : 'current';
}
