const KEPT = 20;

/** The last calls: each as sent, and as answered. */
export class WireLog {
  #calls = [];
  #onChange;

  constructor(onChange) {
    this.#onChange = onChange;
  }

  /** The calls, newest first. */
  get calls() {
    return this.#calls;
  }

  /** The hooks of a client; an answer belongs to a call of the same client. */
  get hooks() {
    const hooks = {
      sent: (event) => {
        const { pathname, search } = new URL(event.url);
        const call = { ...event, hooks, path: pathname + search, at: new Date(), status: undefined, answer: undefined, ended: false };
        this.#calls = [call, ...this.#calls].slice(0, KEPT);
        this.#onChange(call);
      },
      answered: ({ call: number, attempt, status, body }) => {
        const call = this.#open(hooks, number, attempt);
        if (call) this.#end(call, status, body);
      },
    };
    return hooks;
  }

  /** Notes that a call has ended: whatever of it is open got no answer. With `hooks`, of the client that has them. */
  settle(operation, hooks) {
    const isMeant = (call) => !call.ended && call.operation === operation && (!hooks || call.hooks === hooks);
    for (const call of this.#calls.filter(isMeant)) this.#end(call);
  }

  #open(hooks, number, attempt) {
    return this.#calls.find((call) => !call.ended && call.hooks === hooks && call.call === number && call.attempt === attempt);
  }

  #end(call, status, answer) {
    Object.assign(call, { status, answer, ended: true });
    this.#onChange(call);
  }
}
