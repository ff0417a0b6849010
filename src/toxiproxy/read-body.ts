import { z } from 'zod';
import { badBody } from './api-error.ts';

/**
 * Reads a body by its schema.
 *
 * @throws ApiError 400 that names the first place that does not fit.
 */
export function readBody<Schema extends z.ZodType>(schema: Schema, raw: unknown): z.output<Schema> {
  const read = schema.safeParse(raw);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
  throw badBody(`${where}${issue?.message ?? 'it does not fit'}`);
}

/** A field that may be left out; `null` leaves it out too, as Go's and Ruby's clients write what they were not given. */
export function absentOr<Schema extends z.ZodType>(schema: Schema) {
  return z.preprocess((value) => value ?? undefined, schema.optional()).optional();
}
