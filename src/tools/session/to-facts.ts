import { z } from 'zod';
import type { JsonValue } from '../../types.ts';

const record = z.record(z.string(), z.json());

/** Gives nouns as plain JSON: what is undefined goes, infinities become null. */
export function toFacts(value: unknown): Readonly<Record<string, JsonValue>> {
  return record.parse(JSON.parse(JSON.stringify(value)));
}
