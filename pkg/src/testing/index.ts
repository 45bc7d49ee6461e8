export { cardOf, orderOf, seenCardOf } from './builders.js';
export { fakeProxy, type FakeProxy, type FakeProxyOptions, type FakeRequest, type Ledger, type OperationName } from './fake-proxy.js';
export type { FailOptions, Failing } from './faults.js';
