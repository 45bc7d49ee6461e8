import { element } from './element.js';
import { indented, jsonPieces } from './json-text.js';

const COPIED_MS = 2_000;

/** Shows the last request as sent, and the envelope as received. */
export class WirePanel {
  #sides;
  #picker;
  #select;
  #shown;
  #calls = [];

  constructor(root) {
    this.#sides = root.querySelector('.wire__sides');
    this.#picker = root.querySelector('.wire__picker');
    this.#select = this.#picker.querySelector('select');
    this.#select.addEventListener('change', () => this.#show(this.#calls[this.#select.selectedIndex]));
    this.#sides.append(element('p', { class: 'panel wire__empty' }, 'Nothing has been sent yet.'));
  }

  /**
   * Takes in a change of the log. A write is shown at once; a read does not push a write out of sight, and a look at an order,
   * of which there are many, nothing at all.
   */
  update(calls, changed) {
    this.#calls = [...calls];
    const isLook = changed.operation === 'pintopay.checkOrder';
    const takesOver = !this.#shown || (!isLook && (changed.method === 'POST' || this.#shown.method === 'GET'));
    this.#select.replaceChildren(...calls.map((call) => element('option', {}, title(call))));
    this.#picker.hidden = false;
    if (takesOver || changed === this.#shown) this.#show(changed);
    else this.#select.selectedIndex = this.#calls.indexOf(this.#shown);
  }

  #show(call) {
    this.#shown = call;
    this.#select.selectedIndex = this.#calls.indexOf(call);
    const headers = Object.entries(call.headers).map(([name, value]) => `${name}: ${value}`);
    const asked = side('Request as sent', 'request', [`${call.method} ${call.path}`, ...headers].join('\n'), call.body);
    const answered = side('Answer as received', 'answer', answerHead(call), call.answer);
    this.#sides.replaceChildren(asked, answered);
  }
}

function title({ at, method, path, status, ended }) {
  return `${method} ${path} · ${status ?? (ended ? 'no answer' : 'under way')} · ${at.toLocaleTimeString()}`;
}

function answerHead({ ended, status }) {
  if (!ended) return 'Waiting for the answer.';
  return status === undefined ? 'No answer came.' : `HTTP ${status}`;
}

function side(name, id, head, body) {
  const shown = body === undefined ? '' : indented(body);
  const text = shown === '' ? head : `${head}\n\n${shown}`;
  const [first, ...rest] = head.split('\n');
  const lines = [element('strong', {}, first), ...rest.map((line) => `\n${line}`)];
  if (shown !== '') lines.push('\n\n', ...jsonPieces(shown));
  const { button, said } = copyButton(name, text);
  return element(
    'section',
    { class: 'panel wire__side', 'aria-labelledby': `wire-${id}` },
    element('header', { class: 'wire__head' }, element('h3', { id: `wire-${id}` }, name), button, said),
    element('pre', { tabindex: '0', role: 'group', 'aria-labelledby': `wire-${id}` }, element('code', {}, ...lines)),
  );
}

function copyButton(name, text) {
  const button = element('button', { class: 'button button--small', type: 'button', 'aria-label': `Copy: ${name}` }, 'Copy');
  const said = element('span', { class: 'visually-hidden', role: 'status' });
  button.addEventListener('click', async () => {
    const copied = await navigator.clipboard.writeText(text).then(() => true, () => false);
    button.textContent = copied ? 'Copied' : 'Not allowed';
    said.textContent = copied ? 'Copied.' : 'This page is not allowed to copy.';
    setTimeout(() => {
      button.textContent = 'Copy';
      said.textContent = '';
    }, COPIED_MS);
  });
  return { button, said };
}
