import { showPercent } from '../../../../units.ts';
import { showSeconds } from '../figures.ts';
import type { Mark, Statement } from '../judgement.ts';
import type { Seen } from '../seen.ts';
import { type HealthSeen, showChecks } from '../seen-health.ts';
import { NEEDED } from './answers.ts';

/** From this share of checks on the endpoint tells of the failure; the first ones may come too early. */
const TELLS = 0.8;

export const NO_HEALTH =
  'not observable, because no health endpoint is configured (breakwater.yaml: `drills: { health: /health }`)';

/**
 * Whether the health endpoint tells the truth: 503 while a dependency is down that is needed (10 % of the requests
 * or more fail without it), 200 while it is not, and 200 again after.
 */
export function healthCheck(seen: Seen): Statement {
  const { health } = seen;
  if (health === null) return { mark: 'none', text: NO_HEALTH };
  const during = `${showChecks(health.answers.failure)} during the failure`;
  const after =
    health.wellAfterMs === null
      ? 'and it did not say "well" again'
      : health.wellDuring === 1
        ? 'as before it'
        : `and 2xx again ${showSeconds(health.wellAfterMs)} after it`;
  return { mark: markHealth(seen, health), text: `${during}, ${after}. ${judgeHealth(seen, health)}` };
}

/**
 * The endpoint says that all is well although the service does not work. After a crash it says nothing at first, and
 * is right to say "well" once the service is up again.
 */
export function isHealthLying({ health, addedFailed, isMomentary }: Seen): boolean {
  return !isMomentary && addedFailed >= NEEDED && (health?.wellDuring ?? 0) > 1 - TELLS;
}

/** When the process has ended, silence is what tells of it. */
function isGone({ isMomentary, health, result }: Seen): boolean {
  const silent = health?.answers.failure['no answer'] ?? 0;
  if (isMomentary) return silent > 0;
  return result.unexpectedEnds.length > 0 && silent > 0 && silent >= (health?.checks.failure ?? 0) * TELLS;
}

function markHealth(seen: Seen, { unavailableDuring, wellDuring, wellAfterMs }: HealthSeen): Mark {
  if (wellDuring === null) return 'none';
  if (wellAfterMs === null) return 'bad';
  if (seen.addedFailed < NEEDED) return wellDuring >= TELLS ? 'good' : 'warning';
  if ((unavailableDuring ?? 0) >= TELLS || isGone(seen)) return 'good';
  return wellDuring === 1 ? 'bad' : 'warning';
}

function judgeHealth(seen: Seen, { unavailableDuring, wellDuring, noticedAfterMs }: HealthSeen): string {
  const failed = `${showPercent(seen.addedFailed)} more of the requests failed`;
  if (wellDuring === null) return 'No check fell into the failure.';
  if (seen.addedFailed < NEEDED)
    return wellDuring >= TELLS
      ? `That is right: the service went on working (${failed}).`
      : `That takes instances out of rotation that still work (${failed}).`;
  if (isGone(seen)) return 'A process that is gone cannot answer, and whoever asks takes that for down.';
  if (wellDuring === 1) return `It should say 503: ${failed}, and whoever asks it sends more.`;
  const noticed =
    noticedAfterMs === null ? '' : ` It noticed ${showSeconds(noticedAfterMs)} after the failure began.`;
  return (unavailableDuring ?? 0) >= TELLS
    ? `That is right: ${failed}.${noticed}`
    : `It should say 503 as long as it lasts: ${failed}.${noticed}`;
}
