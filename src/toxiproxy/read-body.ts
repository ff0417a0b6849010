import type { z } from 'zod';
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
