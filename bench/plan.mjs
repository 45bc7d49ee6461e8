// What is measured, in this order.

import { CONTENDERS } from './bundles.mjs';
import { blocked, memory } from './measurements/files.mjs';
import { first, inRounds } from './measurements/rounds.mjs';
import { size } from './measurements/size.mjs';

const SMALL = { rounds: 61, sampleMs: 5, warmMs: 250 };
const TEN_THOUSAND = { rounds: 25, sampleMs: 5, warmMs: 250 };
const HUNDRED_THOUSAND = { rounds: 7, sampleMs: 5, warmMs: 0 };

const small = (name, title, about) => inRounds({ name, title, about, job: { workload: name, contenders: CONTENDERS, ...SMALL } });

function rows(count, kind, title, contenders, often) {
  const [format, as] = kind.split('-');
  const file = { name: `rows-${count}.${format}`, as, format, expected: `rows-${count}.expected.json` };
  const parsers = format === 'json' ? ['json-parse'] : ['papaparse', 'udsv'];
  const job = { workload: 'rows', file, contenders: [...contenders, ...parsers], ...often };
  return inRounds({ name: `rows-${count / 1000}k-${kind}`, title, count, job });
}

const tenThousand = (kind, title) => rows(10_000, kind, title, CONTENDERS, TEN_THOUSAND);
const hundredThousand = (kind, title) => rows(100_000, kind, title, ['cardwright', 'hand-written', 'zod', 'ajv'], HUNDRED_THOUSAND);

export const MEASUREMENTS = [
  small('one', 'One valid request, object in', 'For a physical card, one after the other of 256.'),
  small('three', 'One request wrong in three places', '256 requests, wrong in changing places; every sentence is read.'),
  small('keystroke', 'A keystroke in a form', 'The form is valid and stays so. Ours checks with `form()`, the others check the whole object again.'),
  small('envelope', 'An answer with 25 cards, from text', 'Unknown fields pass here, as they must in an answer. Ours is `listCards.read`.'),
  tenThousand('json-text', '10,000 rows of JSON, from text'),
  tenThousand('json-bytes', '10,000 rows of JSON, from bytes'),
  tenThousand('csv-text', '10,000 rows of CSV, from text'),
  hundredThousand('json-text', '100,000 rows of JSON, from text'),
  hundredThousand('json-bytes', '100,000 rows of JSON, from bytes'),
  hundredThousand('csv-text', '100,000 rows of CSV, from text'),
  memory,
  blocked,
  first,
  size,
];
