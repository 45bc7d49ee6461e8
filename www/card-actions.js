import { ingo } from './cardwright/index.js';
import { element } from './element.js';

const LABELS = [['activateCard', 'Activate'], ['freezeCard', 'Freeze'], ['unfreezeCard', 'Unfreeze'], ['reissueCard', 'Reissue']];

/**
 * The actions of one card. One that is not legal now stays in its place and can be focused, so that the reason can be read;
 * so a second click never lands on another action.
 */
export class CardActions {
  root;
  #buttons = new Map();

  constructor(card, act) {
    this.root = element('div', { class: 'actions', role: 'group', 'aria-label': `Actions for the card ending in ${card.last_four}` });
    for (const [action, label] of LABELS) {
      const id = `${card.id}-${action}`;
      const button = element('button', { class: 'button button--small', type: 'button', 'aria-describedby': id }, label);
      const reason = element('span', { class: 'actions__reason', id, role: 'tooltip' });
      button.addEventListener('click', ({ timeStamp }) => {
        if (this.#buttons.get(action).allowed) act(action, timeStamp);
      });
      this.#buttons.set(action, { button, reason, allowed: false, busy: false });
      this.root.append(element('span', { class: 'actions__one' }, button, reason));
    }
  }

  /** Offers what is legal for the card now. */
  update(card) {
    const legal = ingo.allowedActions(card);
    for (const [action, entry] of this.#buttons) {
      const { allowed, reason } = legal[action];
      entry.allowed = allowed;
      entry.reason.textContent = reason ?? '';
      entry.button.toggleAttribute('data-illegal', !allowed);
      this.#mark(entry);
    }
  }

  /** Shows that one action is under way, and holds back the others. */
  show(working, action) {
    for (const [name, entry] of this.#buttons) {
      entry.busy = working !== 'idle';
      entry.button.toggleAttribute('data-busy', working === 'working' && name === action);
      this.#mark(entry);
    }
  }

  #mark({ button, allowed, busy }) {
    if (allowed && !busy) button.removeAttribute('aria-disabled');
    else button.setAttribute('aria-disabled', 'true');
  }
}
