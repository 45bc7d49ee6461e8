import { randomUUID } from 'node:crypto';
import { connection } from 'next/server';
import { IssueCard } from './issue-card';

export default async function Page() {
  // A key for each time the form is opened: a form that is sent twice is one card, without JavaScript too.
  await connection();
  return <IssueCard idempotencyKey={randomUUID()} />;
}
