import type { ListData } from './contract.js';
import type { Pagination } from './generated/answers.js';

interface ListEnvelope<Item> {
  readonly message: string;
  readonly data?: { readonly items?: Item[] | null; readonly pagination?: Pagination | null } | null;
}

/** The list of an envelope that was proven. */
export function list<Item>(envelope: object): ListData<Item> {
  const { message, data } = envelope as ListEnvelope<Item>;
  const items = data?.items ?? [];
  const pagination = data?.pagination;
  return pagination == null ? { items, message } : { items, message, pagination };
}
