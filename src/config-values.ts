import { z } from 'zod';
import { parseDurationMs } from './units.ts';

/** A command of breakwater.yaml: a list of words, or a text that is cut at its blanks; no shell reads it. */
export const command = z.union([
  z.array(z.string()).min(1),
  z
    .string()
    .min(1)
    .transform((text) => text.trim().split(/\s+/)),
]);

/** A time such as `10s` or `5m`, or a number of seconds; gives ms. */
export const duration = z.union([z.string(), z.number()]).transform((text, context) => {
  try {
    return parseDurationMs(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : 'not a time' });
    return z.NEVER;
  }
});
