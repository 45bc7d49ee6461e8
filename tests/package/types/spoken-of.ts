// What the documents speak of without making it: the page, the values of a form, an answer that came before.

import type { useForm as useConform } from '@conform-to/react/future';
import type { FormAsyncValidateOrFn, FormOptions, FormValidateOrFn } from '@tanstack/form-core';
import type * as cardwright from 'cardwright';
import type * as slim from 'cardwright/slim';
import type * as react from 'cardwright/react';
import type * as testing from 'cardwright/testing';
import type { useForm as useHookForm } from 'react-hook-form';

declare global {
  // What an earlier block imported.
  const CardClient: typeof cardwright.CardClient;
  const browserStorage: typeof cardwright.browserStorage;
  const ingo: typeof cardwright.ingo;
  const isCardwrightError: typeof cardwright.isCardwrightError;
  const keyFrom: typeof cardwright.keyFrom;
  const pintopay: typeof cardwright.pintopay;
  const ready: typeof cardwright.ready;
  const rhfResolver: typeof cardwright.rhfResolver;
  const toFieldErrors: typeof cardwright.toFieldErrors;
  const toRHFErrors: typeof cardwright.toRHFErrors;
  const init: typeof slim.init;
  const useIntent: typeof react.useIntent;
  const fakeProxy: typeof testing.fakeProxy;
  const client: cardwright.CardClient;

  // The page: every box has an <output>.
  interface ParentNode {
    querySelector(selectors: 'form'): HTMLFormElement;
    querySelector(selectors: `output[${string}`): HTMLOutputElement;
  }
  const form: HTMLFormElement;
  const formData: FormData;
  const trustedTypes: { createPolicy<Rules>(name: string, rules: Rules): { createScriptURL(url: string): string } };
  const file: File;
  function show(...told: unknown[]): void;
  function token(): Promise<string>;
  const signal: AbortSignal;

  // What a person or another program gave, a row of a table under a type of its own.
  interface Row {
    readonly user_id: string;
    readonly card_type: string;
  }
  const values: cardwright.IssueCardInput & cardwright.FreezeCardInput;
  const changed: typeof values;
  const user_id: string;
  const id: string;
  const employeeId: string;
  const row: Row;
  const source: File;

  // What the page of this name may be told.
  const operation: typeof ingo.issueCard;
  const format: cardwright.RowFormat;
  const rowKey: string;
  const batchId: string;
  const columns: { readonly PLZ: 'shipping_address.postal_code' };
  const worker: Worker;
  const maxIssues: number;
  const skipInvalid: boolean;
  const concurrency: number;
  const stopAfter: number;
  const dailyLimit: number;
  const scopes: readonly string[];
  const accept: readonly cardwright.NoticeCode[];
  const confirmNew: boolean;
  const idempotencyKey: string;
  const baseUrl: string;
  const headers: { readonly [name: string]: string };
  const credentials: RequestCredentials;
  const timeoutMs: number;
  const maxRetries: number;
  const messages: cardwright.Messages;
  const hooks: cardwright.ClientHooks;
  const seed: number;
  function confirm(plan: cardwright.BulkPlan): boolean;
  function onProgress(progress: object): void;
  function onUpdate(step: cardwright.OrderStep): void;

  // What an answer gave.
  const card: cardwright.Card;
  const error: cardwright.CardwrightError;
  const checked: cardwright.CheckedMany<cardwright.IssueCardRequest>;
  const run: cardwright.BulkRun<cardwright.IssueCardRequest>;
  const orderId: string;
  const slug: string;
  const issues: readonly cardwright.FormIssue[];
  const intent: cardwright.Intent<cardwright.IssueCardInput, cardwright.IssueCardRequest, cardwright.CardsData<cardwright.Card>>;

  // The form libraries' own.
  const useForm: typeof useHookForm & typeof useConform;
  function onSubmit(): void;
  function useAppForm<
    Data,
    OnMount extends undefined | FormValidateOrFn<Data>,
    OnChange extends undefined | FormValidateOrFn<Data>,
    OnChangeAsync extends undefined | FormAsyncValidateOrFn<Data>,
    OnBlur extends undefined | FormValidateOrFn<Data>,
    OnBlurAsync extends undefined | FormAsyncValidateOrFn<Data>,
    OnSubmit extends undefined | FormValidateOrFn<Data>,
    OnSubmitAsync extends undefined | FormAsyncValidateOrFn<Data>,
    OnDynamic extends undefined | FormValidateOrFn<Data>,
    OnDynamicAsync extends undefined | FormAsyncValidateOrFn<Data>,
    OnServer extends undefined | FormAsyncValidateOrFn<Data>,
  >(
    options: FormOptions<Data, OnMount, OnChange, OnChangeAsync, OnBlur, OnBlurAsync, OnSubmit, OnSubmitAsync, OnDynamic, OnDynamicAsync, OnServer>,
  ): void;
}
