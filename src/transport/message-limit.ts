/** Longest message that is read, over any transport, in bytes. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
