import { z } from 'zod';
import { duration } from './config-values.ts';
import { checkTargets, findUnfilled } from './drill-checks.ts';
import type { Call, HttpMethod, JsonValue, SetupCall } from './types.ts';
import type { DurabilityCheck, RecoveryRule } from './types-drill.ts';

const CALL_TIMEOUT_MS = 10_000;
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies HttpMethod[];
/** A longer window could not tell a recovery within half a second. */
const LONGEST_WINDOW_MS = 250;
/** Type of the data of `write` and `read`, which stand for the first entry of `data`. */
const MAIN_TYPE = 'user_data';

const place = z.union([z.string(), z.array(z.string()).min(1)]);
const call = z.strictObject({
  method: z.enum(METHODS).default('GET'),
  url: z.string().min(1),
  headers: z.record(z.string(), z.coerce.string()).default({}),
  body: z.union([z.string(), z.record(z.string(), z.json()), z.array(z.json())]).optional(),
  timeout: duration.default(CALL_TIMEOUT_MS),
  auth: z.array(z.string()).optional(),
});
const write = call.extend({ capture: z.record(z.string(), place).default({}) });
const phases = z.tuple([duration, duration, duration]);
const users = z.number().int().positive();
const rate = z.number().positive();

/** `drills:` of breakwater.yaml; what a kind asks for is checked by the kind. */
export const drillsEntry = z
  .strictObject({
    health: z.string().optional(),
    load: z.array(call).min(1).optional(),
    users: users.default(20),
    rate: rate.default(1),
    phases: phases.default([15_000, 15_000, 60_000]),
    rto: z.record(z.string(), duration).superRefine(checkTargets).default({}),
    rpo: z.record(z.string(), duration).default({}),
    write: write.optional(),
    read: call.optional(),
    data: z.record(z.string(), z.strictObject({ write, read: call })).default({}),
    recovery: z
      .strictObject({
        window: duration.default(LONGEST_WINDOW_MS),
        windows: z.number().int().positive().default(8),
        error_rate: z.number().min(0).max(1).default(0.01),
        p95_factor: z.number().min(1).default(2),
        p95_slack: duration.default(100),
      })
      .refine(({ window }) => window > 0 && window <= LONGEST_WINDOW_MS, {
        path: ['window'],
        message: `a window is at most ${LONGEST_WINDOW_MS}ms long`,
      })
      .prefault({}),
    run: z
      .array(
        z
          .object({
            kind: z.string().min(1),
            dependency: z.string().optional(),
            users: users.optional(),
            rate: rate.optional(),
            phases: phases.optional(),
          })
          .catchall(z.json()),
      )
      .optional(),
  })
  .refine(({ write: given, read }) => (given === undefined) === (read === undefined), {
    path: ['read'],
    message: 'write and read go together',
  })
  .superRefine(({ write: given, read, data }, context) => {
    const main = given === undefined || read === undefined ? [] : [{ at: [], pair: { write: given, read } }];
    const others = Object.entries(data).map(([type, pair]) => ({ at: ['data', type], pair }));
    for (const { at, pair } of [...main, ...others]) {
      const wrong = findUnfilled(pair);
      if (wrong !== null)
        context.addIssue({ code: 'custom', path: [...at, ...wrong.path], message: wrong.message });
    }
  });

/** One entry of `drills.run`, not yet checked by its kind. */
export interface DrillWish {
  readonly kind: string;
  readonly dependency: string | null;
  readonly users: number;
  readonly ratePerUser: number;
  readonly baselineMs: number;
  readonly failureMs: number;
  readonly recoveryLimitMs: number;
  readonly params: Readonly<Record<string, JsonValue>>;
}

/** `drills:` of breakwater.yaml, defaults filled in. */
export interface DrillSettings {
  readonly health: string | null;
  /** Empty: what the users call must be guessed. */
  readonly load: readonly Call[];
  readonly rtoMs: Readonly<Record<string, number>>;
  readonly rpoMs: Readonly<Record<string, number>>;
  readonly durability: readonly DurabilityCheck[];
  readonly recovery: RecoveryRule;
  /** What a drill gets that says nothing of its own. */
  readonly usual: Omit<DrillWish, 'kind' | 'dependency' | 'params'>;
  /** `null`: what fits the dependencies is chosen. */
  readonly run: readonly DrillWish[] | null;
}

/** Gives an entry that has been checked as settings. */
export function toDrillSettings(entry: z.output<typeof drillsEntry>): DrillSettings {
  const usual = { users: entry.users, ratePerUser: entry.rate, ...toPhases(entry.phases) };
  const { recovery } = entry;
  return {
    health: entry.health ?? null,
    load: (entry.load ?? []).map(toCall),
    rtoMs: entry.rto,
    rpoMs: entry.rpo,
    durability: listDurability(entry),
    recovery: {
      windowMs: recovery.window,
      windows: recovery.windows,
      errorShare: recovery.error_rate,
      p95Factor: recovery.p95_factor,
      p95SlackMs: recovery.p95_slack,
    },
    usual,
    run: entry.run?.map((wish) => toWish(wish, usual)) ?? null,
  };
}

type Entry = z.output<typeof drillsEntry>;

function toWish(
  {
    kind,
    dependency,
    users: ownUsers,
    rate: ownRate,
    phases: ownPhases,
    ...params
  }: NonNullable<Entry['run']>[number],
  usual: DrillSettings['usual'],
): DrillWish {
  return {
    ...usual,
    kind,
    dependency: dependency ?? null,
    ...(ownUsers !== undefined && { users: ownUsers }),
    ...(ownRate !== undefined && { ratePerUser: ownRate }),
    ...(ownPhases !== undefined && toPhases(ownPhases)),
    params,
  };
}

function toPhases([baselineMs, failureMs, recoveryLimitMs]: Entry['phases']) {
  return { baselineMs, failureMs, recoveryLimitMs };
}

function listDurability({ write: main, read, data }: Entry): readonly DurabilityCheck[] {
  const own = main === undefined || read === undefined ? {} : { [MAIN_TYPE]: { write: main, read } };
  return Object.entries({ ...own, ...data }).map(([type, pair]) => ({
    type,
    write: toWrite(pair.write),
    read: toCall(pair.read),
  }));
}

function toWrite(entry: z.output<typeof write>): SetupCall {
  const { capture, ...rest } = entry;
  return { ...toCall(rest), capture };
}

function toCall({ method, url, headers, body, timeout, auth }: z.output<typeof call>): Call {
  const isJson = body !== undefined && typeof body !== 'string';
  const named = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
  const looksJson = isJson || (body !== undefined && /^\s*[[{]/.test(String(body)));
  return {
    method,
    url,
    headers: looksJson && !named ? { 'content-type': 'application/json', ...headers } : headers,
    body: body === undefined ? null : isJson ? JSON.stringify(body) : body,
    timeoutMs: timeout,
    operationId: null,
    ...(auth !== undefined && { auth }),
  };
}
