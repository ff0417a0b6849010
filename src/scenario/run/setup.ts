import { type Clock, systemClock } from '../../clock.ts';
import type { Call, JsonValue, SetupCall, StringMap, UpstreamTls } from '../../types.ts';
import type { VerdictReason } from '../../types-run.ts';
import { quote } from '../../units.ts';
import { type HttpAnswer, send } from './http-client.ts';
import { fillDraws, fillNames, listOpenNames } from './placeholders.ts';
import { endpointOf } from './plan.ts';
import { CAPTURED_HEADER, readPointer } from './pointer.ts';
import { followSignal } from './stop.ts';

export interface CallsDeps {
  readonly seed: number;
  /** Names the scenario in the draws of `{{uuid}}`. */
  readonly key: string;
  readonly signal: AbortSignal;
  /** Adds the credentials that the call's schemes ask for. */
  readonly authorize?: (call: Call) => Call;
  readonly clock?: Clock;
  /** For TLS straight to a target. */
  readonly tls?: UpstreamTls | undefined;
  /** Hosts other than loopback that may be called. Absent: none. */
  readonly allowHosts?: readonly string[] | undefined;
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
    {
      ...authorized,
      ...drawn,
      via: null,
      tls: deps.tls,
      allowHosts: deps.allowHosts,
      dueAtMs: clock.now(),
    },
    { stop: followSignal(AbortSignal.any([deps.signal])), keepBytes: MAX_ANSWER_BYTES, pool: null, clock },
  );
}

/** Reads what the call captures from its answer; the reason where a value is missing. */
export function capture(call: SetupCall, answer: HttpAnswer): { readonly values: StringMap } | VerdictReason {
  const body = parseJson(answer.bodyStart);
  const values: Record<string, string> = {};
  for (const [name, wanted] of Object.entries(call.capture)) {
    const places = typeof wanted === 'string' ? [wanted] : wanted;
    const value = places.map((place) => readPlace(place, answer, body)).find((found) => found !== null);
    if (value === undefined) return fail(call, describeMissing(name, places, body));
    values[name] = value;
  }
  return { values };
}

function readPlace(place: string, { headers }: HttpAnswer, body: JsonValue | undefined): string | null {
  const header = CAPTURED_HEADER.exec(place)?.[1]?.toLowerCase();
  if (header === undefined) {
    const value = body === undefined ? undefined : readPointer(body, place);
    return value === undefined || value === null || typeof value === 'object' ? null : String(value);
  }
  const value = headers[header];
  if (typeof value !== 'string') return null;
  return header === 'location' ? lastSegment(value) : value;
}

/** `42` of `http://host/users/42/?x=1`; `null` where the path has none. */
function lastSegment(location: string): string | null {
  const path = location.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  const segment = path.split('/').findLast((part) => part !== '');
  if (segment === undefined) return null;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function describeMissing(name: string, places: readonly string[], body: JsonValue | undefined): string {
  const onlyBody = places.every((place) => !CAPTURED_HEADER.test(place));
  if (body === undefined && onlyBody) return 'did not answer with JSON to capture from';
  return `answered without a value at ${places.map((place) => quote(place)).join(' or ')} for {${name}}`;
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
