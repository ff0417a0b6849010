import { showPercent } from '../../../../units.ts';
import { countOf, failedShare, showCounts, showRate } from '../figures.ts';
import type { Statement } from '../judgement.ts';
import {
  findDatabase,
  loadGrowth,
  loadOf,
  NO_DATABASE,
  OVERRUN,
  showLoad,
} from '../metrics-of-dependencies.ts';
import type { Seen } from '../seen.ts';

/** From this share of failures on, a limit that fails closed may be among their causes. */
const MANY_FAILED = 0.1;
/** From this growth on the database takes over what the cache did. */
const TAKES_OVER = 1.1;

/** Whether requests are answered without the cache. */
export function failOpenCaching(seen: Seen): Statement {
  const good = seen.during.requests - seen.during.failed;
  const share = `${good} of ${countOf(seen.during.requests, 'request')} succeeded without the cache (before: ${showPercent(1 - failedShare(seen.before))})`;
  if (seen.addedFailed <= 0.01) return { mark: 'good', text: `It fails open: ${share}.` };
  if (seen.addedFailed <= 0.5) return { mark: 'warning', text: `It fails open in part: ${share}.` };
  return {
    mark: 'bad',
    text: `It does not fail open: ${share}. Answers: ${showCounts(seen.during.answers)}.`,
  };
}

/** Load of the database while the cache is down. */
export function databaseFallback(seen: Seen): Statement {
  const database = findDatabase(seen);
  const growth = loadGrowth(seen);
  if (database === null) return { mark: 'none', text: NO_DATABASE };
  const load = `${database.name} had ${showLoad(seen, 'failure')} against ${showRate(loadOf(database, 'baseline'))} before`;
  if (growth === null) return { mark: 'none', text: `${load}.` };
  const times = `(${growth.toFixed(1)} times)`;
  if (growth > OVERRUN)
    return {
      mark: 'warning',
      text: `Requests go to the database: ${load} ${times}. It must be built for that.`,
    };
  if (growth >= TAKES_OVER) return { mark: 'good', text: `Requests go to the database: ${load} ${times}.` };
  return seen.addedFailed > 0.01
    ? { mark: 'bad', text: `Requests do not go to the database instead: ${load} ${times}.` }
    : {
        mark: 'good',
        text: `The database did no more than before: ${load} ${times}, and requests were answered.`,
      };
}

/** Whether a rate limit was lost with the cache, or refused everything. */
export function rateLimiting({ before, during, after, result, addedFailed }: Seen): Statement {
  const [was, is, then] = [before, during, after].map(({ answers }) => answers['429'] ?? 0);
  const counts = `429 was answered ${was} times before, ${is} during and ${then} after`;
  const share = (count = 0, requests = 0) => (requests === 0 ? 0 : count / requests);
  if (was === 0 && is === 0) {
    const rate = showRate(result.plan.users * result.plan.ratePerUser);
    const reached = `${counts}: no limit was reached by ${rate} requests/s`;
    return addedFailed <= MANY_FAILED
      ? { mark: 'good', text: `${reached}, and losing the cache refused nobody.` }
      : {
          mark: 'warning',
          text: `${reached}. A limit that needs the cache may be behind the ${countOf(during.failed, 'request')} that failed otherwise: see the error messages.`,
        };
  }
  const [usual, now] = [share(was, before.requests), share(is, during.requests)];
  if (now > usual + 0.05)
    return {
      mark: 'bad',
      text: `${counts}: without its store the limit refuses requests that it let through.`,
    };
  if (now < usual / 2)
    return { mark: 'warning', text: `${counts}: without its store the limit lets everything through.` };
  return { mark: 'good', text: `${counts}: the limit held.` };
}

/** What became of sessions: known where writes of a type of data named for sessions are read back. */
export function sessionStorage({ result }: Seen): Statement {
  const record = result.durability.find(({ type }) => /session/i.test(type));
  if (record === undefined)
    return {
      mark: 'none',
      text: 'Not observable, because no session is written and read back (breakwater.yaml: `drills: { data: { session_data: { write: …, read: … } } }`).',
    };
  const text = `${record.lost} of ${record.acknowledged} acknowledged writes of ${record.type} were gone after it, ${record.refused} were refused. ${record.reason}`;
  return { mark: record.lost > 0 ? 'bad' : record.refused > 0 ? 'warning' : 'good', text };
}
