import type { CardClient } from 'cardwright';
import { useEffect, useState, useSyncExternalStore } from 'react';
import type { UseIntent, WriteName } from './contract.js';
import { FormIntent } from './form-intent.js';

/**
 * The intent of a form: one card, however often it is submitted, until `startNew()`. A double click, Enter and click, and
 * StrictMode's double effects are the same intent. Unmounting ends the waiting and never what was sent. Another `operation` is
 * another intent. Another `client`, such as one with another token, takes over: it sends what was not sent, and asks about what
 * may have been.
 *
 * ```tsx
 * const { status, data, error, submit, resolve } = useIntent(client, 'ingo.issueCard');
 * ```
 */
export function useIntent<Name extends WriteName>(client: CardClient, operation: Name): UseIntent<Name> {
  const [held, hold] = useState(() => new FormIntent(client, operation));
  let intent = held;
  if (held.operation !== operation) {
    intent = new FormIntent(client, operation);
    hold(intent);
  }
  useEffect(() => {
    intent.client = client;
  }, [intent, client]);
  const state = useSyncExternalStore(intent.subscribe, intent.state, intent.state);
  const { submit, accept, resolve, startNew } = intent;
  return { ...state, submit, accept, resolve, startNew };
}
