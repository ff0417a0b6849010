import type { Config } from '../../config.ts';
import type { DrillSettings } from '../../drill-entry.ts';
import { AppError } from '../../errors.ts';
import type { Call } from '../../types.ts';
import type { DrillConfig, DrillPlan } from '../../types-drill.ts';

const HEALTH_TIMEOUT_MS = 10_000;

/**
 * The configuration of these drills: what the users call is taken from `load`, else from what is read back, else from
 * the health endpoint.
 *
 * @throws AppError CONFIG_INVALID when nothing says what the users call.
 */
export function toDrillConfig(
  settings: DrillSettings,
  plans: readonly DrillPlan[],
  languages: readonly string[],
): DrillConfig {
  const { health, rtoMs, rpoMs, durability, recovery } = settings;
  return { health, load: chooseLoad(settings), rtoMs, rpoMs, durability, recovery, languages, run: plans };
}

/** The call with its URL made absolute: it may be relative to the service. */
export function aimCall<C extends Call>(call: C, baseUrl: string): C {
  // Braces of segments must stay as they are, so the URL is put together as text.
  if (/^https?:\/\//i.test(call.url)) return call;
  return { ...call, url: `${baseUrl}${call.url.startsWith('/') ? '' : '/'}${call.url}` };
}

/**
 * Checks the caps of the configuration.
 *
 * @throws AppError LIMIT_EXCEEDED
 */
export function checkDrillLimits(plans: readonly DrillPlan[], { limits }: Config): void {
  for (const plan of plans) {
    const rate = plan.users * plan.ratePerUser;
    const lastsMs = plan.baselineMs + plan.failureMs + plan.recoveryLimitMs;
    if (rate > limits.requestsPerSecond)
      throw overLimit(plan, `${rate} requests a second`, String(limits.requestsPerSecond), 'rps');
    if (plan.users > limits.clients)
      throw overLimit(plan, `${plan.users} users`, String(limits.clients), 'clients');
    if (lastsMs > limits.durationMs)
      throw overLimit(plan, `up to ${lastsMs / 1_000} s`, `${limits.durationMs / 1_000} s`, 'duration');
  }
}

function chooseLoad({ load, durability, health }: DrillSettings): readonly Call[] {
  if (load.length > 0) return load;
  const reads = durability.map(({ read }) => read);
  if (reads.length > 0) return reads;
  if (health !== null)
    return [
      {
        method: 'GET',
        url: health,
        headers: {},
        body: null,
        timeoutMs: HEALTH_TIMEOUT_MS,
        operationId: null,
      },
    ];
  throw new AppError('CONFIG_INVALID', 'Nothing says what the users of a drill call.', {
    hint: 'Add it to breakwater.yaml, for example: drills: { health: /health, load: [{ url: /stories }] }',
  });
}

function overLimit({ id }: DrillPlan, seen: string, limit: string, key: string): AppError {
  return new AppError('LIMIT_EXCEEDED', `The drill ${id} asks for ${seen}; the limit is ${limit}.`, {
    hint: `Lower it under drills; only the user can raise it (limits.${key} in breakwater.yaml).`,
  });
}
