// Each entry is one package with the others: its classes are the same classes, and its names mean the same.

import * as faces from 'cardwright';
import source from 'cardwright/cardwright.wasm';
import * as script from 'cardwright/no-wasm';
import * as slim from 'cardwright/slim';

const error: faces.CardwrightError = new slim.CardwrightError('wasm_missing', 'not_sent');
const client: faces.CardClient = new script.CardClient();
const operation: typeof faces.ingo.issueCard = slim.ingo.issueCard;
void [error, client, operation];

void slim.init(source);
void slim.init(fetch('/cardwright.wasm'));
void slim.init(new URL('https://localhost/cardwright.wasm'));
slim.initSync(new Uint8Array());
// @ts-expect-error only slim needs it
faces.init;
