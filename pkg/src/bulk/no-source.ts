import { CardwrightError } from '../error.js';

/** What was given holds no rows. */
export function noSource(): CardwrightError {
  return new CardwrightError('invalid_request', 'not_sent', { message: 'expected text, bytes, a file or a stream of bytes' });
}
