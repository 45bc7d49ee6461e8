export type {
  CheckedMany,
  CheckManyOptions,
  CheckManyProgress,
  RepeatedRowKey,
  RowFormat,
  RowIssue,
  RowSource,
  RowWorker,
  ValidRow,
} from './bulk/contract.js';
export type { BulkOperation, BulkOptions, BulkPlan, BulkRun } from './bulk/options.js';
export type { BulkCounts, BulkProgress, BulkState } from './bulk/progress.js';
export type { BulkEnd, BulkReport, BulkRow } from './bulk/report.js';
export { CardClient, type OrderWaiting, type PendingIntent, type PendingIntents, type ResolveOptions } from './client.js';
export { ready } from './engine.js';
export { CardwrightError, isCardwrightError, type ErrorDetails } from './error.js';
export type { Form } from './form.js';
export type { FormEntries } from './form-data.js';
export { browserStorage } from './intents/browser-storage.js';
export type { Intent, IntentState, SafeIntent, SafePrepared } from './intents/intent.js';
export type { IntentStorage } from './intents/storage.js';
export { keyFrom } from './key.js';
export { ingo, type CardAction, type Ingo, type ReadCard } from './ingo.js';
export type { AskedPath, FieldPath } from './generated/messages.js';
export type { Messages } from './messages.js';
export type { AnsweredEvent, ClientHooks, ClientOptions, OwnHeaders, RequestEvent, SentEvent } from './options.js';
export type { OrderStep, WaitOptions } from './orders.js';
export { pintopay, type OrderFacts, type Pintopay } from './pintopay.js';
export { rhfResolver, toRHFErrors, type RHFErrors, type RHFResult } from './adapters/react-hook-form.js';
export { toFieldErrors, type FieldErrors, type FieldMessage } from './adapters/field-errors.js';
export type { JsonSchema, JsonSchemaOptions } from './json-schema.js';
export type { BuildOptions, Operation, OperationField, ValueAt, Write, WriteSafety } from './operation.js';
export type { FormIssue, StandardSchema, Validated } from './standard-schema.js';
export type { OperationSettings, Settings } from './settings.js';
export type {
  AllowedAction,
  Asked,
  Call,
  CallOptions,
  CardsData,
  Checked,
  Constraints,
  Issue,
  IssueParam,
  ListData,
  Meta,
  Notice,
  OrderProgress,
  OrderState,
  PlainError,
  PrepareOptions,
  Read,
  Reply,
  Result,
  SafeResult,
  SubmitOptions,
  Valid,
} from './contract.js';
export type { JsonValue, Unrecognized } from './json.js';
export type {
  Card,
  CardIssueOrder,
  CardStatus,
  CardType,
  IssueStatus,
  OrderData,
  OrderStatus,
  Pagination,
  PintopayCard,
  PintopayCardStatus,
  SeenCard,
  SeenOrder,
  Slug,
} from './generated/answers.js';
export type {
  ErrorCode,
  IssueCode,
  NoticeCode,
  OrderEnding,
  Outcome,
  Presence,
  ReasonCode,
  SlugHint,
  StageCode,
  Typing,
} from './generated/codes.js';
export type {
  ActivateCardInput,
  ActivateCardRequest,
  CheckOrderInput,
  CheckOrderRequest,
  CreateCardInput,
  CreateCardRequest,
  FreezeCardInput,
  FreezeCardRequest,
  GetCardInput,
  GetCardRequest,
  IngoClient,
  IssueCardInput,
  IssueCardRequest,
  ListCardsInput,
  ListCardsRequest,
  ListOrdersInput,
  ListOrdersRequest,
  PintopayClient,
  ReissueCardInput,
  ReissueCardRequest,
  Resolved,
  SafeIngoClient,
  SafePintopayClient,
  ShippingAddress,
  ShippingAddressInput,
  State,
  UnfreezeCardInput,
  UnfreezeCardRequest,
} from './generated/operations.js';
