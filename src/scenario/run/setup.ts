import { type Clock, systemClock } from '../../clock.ts';
import type { Call, JsonValue, SetupCall, StringMap } from '../../types.ts';
import type { VerdictReason } from '../../types-run.ts';
import { quote } from '../../units.ts';
import { type HttpAnswer, send } from './http-client.ts';
import { fillDraws, fillNames, listOpenNames } from './placeholders.ts';
import { endpointOf } from './plan.ts';
import { readPointer } from './pointer.ts';
import { followSignal } from './stop.ts';

export interface CallsDeps {
  readonly seed: number;
  /** Names the scenario in the draws of `{{uuid}}`. */
  readonly key: string;
  readonly signal: AbortSignal;
  /** Adds the credentials that the call's schemes ask for. */
  readonly authorize?: (call: Call) => Call;
  readonly clock?: Clock;
}

export interface SetupResult {
  /** Segments and captures together. */
  readonly values: StringMap;
  /** Why the items cannot be run; `null`: all calls worked. */
  readonly obstacle: VerdictReason | null;
}

const MAX_ANSWER_BYTES = 1_000_000;

/** Makes the setup calls in order and captures values from their answers; stops at the first that fails. */
export async function runSetup(
  calls: readonly SetupCall[],
  segments: StringMap,
  deps: CallsDeps,
): Promise<SetupResult> {
  let values = segments;
  for (const [index, call] of calls.entries()) {
    const ready = fillNames(call, values);
    const open = listOpenNames(ready);
    if (open.length > 0) return { values, obstacle: fail(call, `has no value for {${open.join('}, {')}}`) };
    const answer = await makeCall(ready, 'setup', index, deps);
    if (answer.outcome !== 'answered')
      return { values, obstacle: fail(call, `had no answer (${answer.outcome})`) };
    if ((answer.status ?? 500) >= 400) return { values, obstacle: fail(call, `answered ${answer.status}`) };
    const captured = capture(call, answer);
    if ('message' in captured) return { values, obstacle: captured };
    values = { ...values, ...captured.values };
  }
  return { values, obstacle: null };
}

/** Makes the teardown calls, whatever happened; what fails is left. */
export async function runTeardown(calls: readonly Call[], values: StringMap, deps: CallsDeps): Promise<void> {
  for (const [index, call] of calls.entries()) {
    const ready = fillNames(call, values);
    if (listOpenNames(ready).length === 0) await makeCall(ready, 'teardown', index, deps);
  }
}

function makeCall(call: Call, phase: string, sequence: number, deps: CallsDeps): Promise<HttpAnswer> {
  const clock = deps.clock ?? systemClock;
  const authorized = deps.authorize?.(call) ?? call;
  const drawn = fillDraws(authorized, {
    seed: deps.seed,
    itemKey: deps.key,
    phase,
    sequence,
    number: sequence + 1,
  });
  return send(
    { ...authorized, ...drawn, via: null, dueAtMs: clock.now() },
    { stop: followSignal(deps.signal), keepBytes: MAX_ANSWER_BYTES, pool: null, clock },
  );
}

function capture(call: SetupCall, answer: HttpAnswer): { readonly values: StringMap } | VerdictReason {
  const wanted = Object.entries(call.capture);
  if (wanted.length === 0) return { values: {} };
  const body = parseJson(answer.bodyStart);
  if (body === undefined) return fail(call, 'did not answer with JSON to capture from');
  const values: Record<string, string> = {};
  for (const [name, pointer] of wanted) {
    const value = readPointer(body, pointer);
    if (value === undefined || value === null || typeof value === 'object') {
      return fail(call, `answered without a value at ${quote(pointer)} for {${name}}`);
    }
    values[name] = String(value);
  }
  return { values };
}

function parseJson(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fail(call: Call, what: string): VerdictReason {
  return {
    message: `the setup call ${endpointOf(call)} ${what}`,
    cause: null,
    remedy: 'Mend config.setup, or the service, and run it again.',
  };
}
