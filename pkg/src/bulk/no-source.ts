/** What was given holds no rows. */
export const NO_SOURCE = 'expected text, bytes, a file or a stream of bytes';
