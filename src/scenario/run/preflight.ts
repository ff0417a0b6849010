import { AppError } from '../../errors.ts';
import type { Call, Item } from '../../types.ts';
import type { Sample, VerdictReason } from '../../types-run.ts';
import { describeOutcome } from '../verdict/expectation.ts';
import { isUniqueEachTime } from './placeholders.ts';

/** RFC 9110 §9.2.1: methods that change nothing, and so can be sent once more without faults. */
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/** What is sent before the faults: one call. */
export const PREFLIGHT = {
  phase: 'preflight',
  step: 0,
  count: 1,
  intervalMs: 0,
  connection: 'per-request',
} as const;

/** Whether the call's method changes nothing at the target. */
export function isSafe(call: Call): boolean {
  return SAFE_METHODS.includes(call.method);
}

/** Whether the item is tried once without faults: a repeated POST or DELETE could fail on its own traces. */
export function wantsPreflight({ call, context }: Item): boolean {
  return context.preflight ?? (isSafe(call) || isUniqueEachTime(call));
}

/** Gives the reason when the target does not even answer as expected without faults; `null` when it does. */
export function judgePreflight(sample: Sample | undefined, { call, expect }: Item): VerdictReason | null {
  if (sample === undefined) throw new AppError('INTERNAL', 'The pre-flight call left no sample.');
  if (sample.outcome === 'aborted') return null;
  const { status } = sample;
  if (status !== null && sample.outcome === 'answered' && (status < 400 || expect.statuses.includes(status)))
    return null;
  const seen = sample.outcome === 'answered' ? `answers ${status}` : `gives ${describeOutcome(sample)}`;
  return {
    message: `${seen} without any fault`,
    cause: 'target',
    remedy: sample.outcome === 'answered' ? explainRefusal(status, call) : remedyForDown(call),
  };
}

/** What to do about a target at which nothing listens. */
export function remedyForDown({ url }: Call): string {
  return `Start the service at ${new URL(url).origin}, or give base_url.`;
}

function explainRefusal(status: number | null, { method, url }: Call): string {
  const instead = `or add ${status} to expect.statuses.`;
  return status === 401 || status === 403
    ? `It wants credentials: name their variables under auth in breakwater.yaml, or give headers; ${instead}`
    : `See what ${method} ${url} needs (body, headers, an id that exists), ${instead}`;
}
