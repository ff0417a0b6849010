import { tame } from '../../policy.ts';
import type { JsonSchema, JsonValue } from '../../types.ts';
import type { Sample } from '../../types-run.ts';
import { compileSchema } from '../compile-schema.ts';
import type { HttpAnswer } from './http-client.ts';

export type BodyCheck = NonNullable<Sample['bodyCheck']>;

/** Longest body that is checked. */
export const CHECKED_BODY_BYTES = 1_000_000;
const MAX_MISFIT_LENGTH = 200;

/**
 * Gives the check of answers against a schema: that of a success with a body says whether it fits and in what not,
 * or why that cannot be told; `null` for every other answer.
 */
export function openBodyCheck(schema: JsonSchema): (answer: HttpAnswer) => BodyCheck | null {
  const check = compileSchema(schema);
  return (answer) => {
    const { outcome, status, bytes, contentType } = answer;
    if (outcome !== 'answered' || status === null || status < 200 || status > 299 || status === 204)
      return null;
    if (check === null) return unchecked('the schema cannot be used');
    const type = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (!/[/+]json$/.test(type)) {
      return unchecked(type === '' ? 'the answer names no content type' : `the answer is ${tame(type, 80)}`);
    }
    const encoding = answer.headers['content-encoding'];
    if (encoding !== undefined) return unchecked(`the answer is encoded (${tame(encoding, 80)})`);
    if (bytes > CHECKED_BODY_BYTES) return unchecked(`the answer has ${bytes} bytes`);
    const value = parseJson(answer.bodyStart);
    if (value === undefined) return { fits: false, why: 'it is not JSON, though its content type says so' };
    const misfit = check(value);
    return misfit === null
      ? { fits: true, why: '' }
      : { fits: false, why: tame(misfit.replaceAll('\n', ' '), MAX_MISFIT_LENGTH) };
  };
}

function unchecked(why: string): BodyCheck {
  return { fits: null, why };
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
