import { CardClient, ready } from './cardwright/index.js';
import { shortNumber } from './bank-card.js';
import { bulkView } from './bulk-view.js';
import { CardList } from './card-list.js';
import { issueForm } from './issue-form.js';
import { followed } from './order-calls.js';
import { orderForm } from './order-form.js';
import { OrderList } from './order-list.js';
import { OutcomeMessage } from './outcome-message.js';
import { reissueDialog } from './reissue-dialog.js';
import { Stage } from './stage.js';
import { WireLog } from './wire-log.js';
import { WirePanel } from './wire-panel.js';

const part = (id) => document.getElementById(id);

try {
  await ready();
  start();
} catch (error) {
  // Without the rules nothing here may be sent, so nothing is offered.
  new OutcomeMessage(part('startup')).say(error.message, 'rejected');
}

function start() {
  const panel = new WirePanel(part('wire'));
  const log = new WireLog((changed) => panel.update(log.calls, changed));
  const client = watched(new CardClient({ hooks: log.hooks }), log);
  const stage = new Stage(document.querySelector('.stage'));

  const openReissue = reissueDialog(part('reissue-dialog'), {
    client,
    onReissued: (old, made) => {
      if (made) stage.show(made);
      list.say(made ? `The card ${shortNumber(old)} was replaced by ${shortNumber(made)}.` : `The card ${shortNumber(old)} was replaced.`);
      return list.load(1);
    },
  });
  const list = new CardList(part('cards'), { client, onSeen: (cards) => stage.follow(cards), onReissue: openReissue });

  issueForm(part('issue-form'), {
    client,
    onPlan: (type) => stage.plan(type),
    onIssued: (card) => {
      stage.show(card);
      list.load(1);
    },
  });

  const orders = new OrderList(part('orders'), { client, newWait: () => followed(log) });
  orderForm(part('order-form'), { client, onOrdered: (order, known) => orders.add(order, known) });

  bulkView(part('bulk'), {
    log,
    onEnded: () => {
      list.load(1);
      orders.refresh();
    },
  });

  list.load();
  orders.load();
}

/** The calls of a client that never reject, each noted in the log when it has ended. */
function watched(client, log) {
  const all = (issuer) => Object.entries(client.safe[issuer]).map(([name, call]) => [
    name,
    async (...given) => {
      const result = await call(...given);
      log.settle(`${issuer}.${name}`);
      return result;
    },
  ]);
  return { safe: { ingo: Object.fromEntries(all('ingo')), pintopay: Object.fromEntries(all('pintopay')) } };
}
