/** Presses no further apart than this are one gesture: a double click, Enter and a click, a held key. */
export const SAME_GESTURE_MS = 500;

/**
 * Makes one wish of one gesture. The answer can be there before the second click of a double click, so "in flight" alone
 * does not tell whether that click was meant.
 *
 * `show` is told `working`, then `settling` until the gesture is over, then `idle`.
 */
export class OnePress {
  #show;
  #lastPress = -Infinity;
  #running = false;

  constructor(show) {
    this.#show = show;
  }

  /**
   * Does the work for a press made `at` a time, unless one of the same gesture has started it. A press that starts nothing
   * still prolongs the gesture. An event knows when the person pressed; a busy page may be told much later.
   */
  async run(work, at = performance.now()) {
    const isSameGesture = at - this.#lastPress < SAME_GESTURE_MS;
    this.#lastPress = Math.max(this.#lastPress, at);
    if (this.#running || isSameGesture) return;
    this.#running = true;
    this.#show('working');
    try {
      await work();
    } finally {
      this.#show('settling');
      await this.#gestureEnd();
      this.#running = false;
      this.#show('idle');
    }
  }

  async #gestureEnd() {
    for (;;) {
      const left = this.#lastPress + SAME_GESTURE_MS - performance.now();
      if (left <= 0) return;
      await new Promise((resolve) => setTimeout(resolve, left));
    }
  }
}

/** Gives the time of the press behind the submit that is handled now; a `submit` event knows only when it was made itself. */
export function pressTimeOf(button) {
  let last;
  button.addEventListener('click', ({ timeStamp }) => {
    last = timeStamp;
  });
  return () => {
    const at = last;
    last = undefined;
    return at;
  };
}

/** Shows the state of a press on its button. `aria-disabled`, so that the button keeps the focus and hears further presses. */
export function shownOn(button, busyLabel) {
  const label = button.textContent;
  return (state) => {
    button.textContent = state === 'working' ? busyLabel : label;
    button.toggleAttribute('data-busy', state === 'working');
    if (state === 'idle') button.removeAttribute('aria-disabled');
    else button.setAttribute('aria-disabled', 'true');
  };
}
