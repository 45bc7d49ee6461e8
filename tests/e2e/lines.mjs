// Lines that go wrong as a script says, between a page and its server. The script's words are in tests/faults/README.md.

const CONTROL_LIMIT_MS = 5_000;

/** Lines by their number; opened with `openLines` of the stage. */
export class Lines {
  #control;
  #urls;

  constructor({ control, lines }) {
    this.#control = control;
    this.#urls = lines;
  }

  /** Where a line listens. */
  url(number) {
    return this.#urls[number];
  }

  /** What pages behind the lines name as their host. */
  get hosts() {
    return this.#urls.map((url) => new URL(url).host);
  }

  /** Leads all lines to these servers, in turn. */
  leadTo(...urls) {
    const servers = urls.map((url) => new URL(url).host);
    return Promise.all(this.#urls.map((_, number) => this.#change(number, { servers })));
  }

  /** Sets what goes wrong on a line, and forgets what it carried. */
  spoil(number, ...rules) {
    return this.#change(number, { script: { seed: 0, rules } });
  }

  /** What a line has carried since: `[{ request, key, rule, forwarded, answered, passed }]`. */
  async log(number) {
    const response = await this.#ask(number);
    return (await response.json()).log;
  }

  async #change(number, change) {
    const response = await this.#ask(number, { method: 'PUT', body: JSON.stringify(change), headers: { 'content-type': 'application/json' } });
    if (response.status !== 204) throw new Error(`line not changed: ${await response.text()}`);
  }

  #ask(number, request = {}) {
    return fetch(`${this.#control}/lines/${number}`, { ...request, signal: AbortSignal.timeout(CONTROL_LIMIT_MS) });
  }
}
