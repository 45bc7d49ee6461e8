/** What was given holds no rows. */
export const NO_SOURCE = 'expected text, bytes, a file or a stream of bytes';
/** It does, and they cannot be had: a file that was changed or taken away, a stream that broke off or that somebody else reads. */
export const UNREADABLE = 'expected a source that can be read to its end';
