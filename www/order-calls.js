import { CardClient } from './cardwright/index.js';

/**
 * Gives what waits for one order. Each order has a client of its own: of several that are asked about at the same time, the
 * log then knows which answer is whose.
 */
export function followed(log) {
  const { hooks } = log;
  const client = new CardClient({ hooks });
  return (orderId, { onUpdate, ...options }) =>
    client.pintopay.waitForOrder(orderId, {
      ...options,
      onUpdate: (step) => {
        log.settle('pintopay.checkOrder', hooks);
        onUpdate(step);
      },
    });
}
