/** The English sentences, as the rules have them: what a catalogue of your own may start from. */
export { en } from '../generated/messages.js';
export type { Messages } from '../messages.js';
