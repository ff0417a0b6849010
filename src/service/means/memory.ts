import { AppError } from '../../errors.ts';
import type { ActiveFailure, DrillService } from '../../types-means.ts';
import { readResidentBytes } from '../processes.ts';
import { demandShare } from './active.ts';
import type { MeansDeps } from './deps.ts';
import { limitByControlGroup } from './memory-control-group.ts';
import { limitByData } from './memory-data.ts';

/** More room than it has memory is no pressure. */
const MAX_SHARE = 1;

/**
 * Leaves the target room for `share` of its present memory: by a control group (cgroup v2, where the kernel reclaims,
 * swaps and at last ends a process), else by a limit on the data of each of its processes (RLIMIT_DATA, where the
 * kernel refuses more). The limit goes after `forMs` at the latest.
 *
 * @throws AppError NOT_SUPPORTED where neither can be done, with what was tried; LIMIT_EXCEEDED for a share above 1;
 * SERVICE_NOT_READY when nothing runs.
 */
export async function limitMemory(
  service: DrillService,
  share: number,
  forMs: number,
  deps: MeansDeps,
): Promise<ActiveFailure> {
  demandShare(share, MAX_SHARE, "the target's memory");
  if (process.platform !== 'linux')
    throw notHere(`${process.platform} has no limit that can be put on a running process`);
  const group = service.groupId();
  if (group === null) {
    throw new AppError('SERVICE_NOT_READY', 'The service does not run, so its memory cannot be limited.');
  }
  deps.signal.throwIfAborted();
  const pids = await service.listPids();
  const presentBytes = pids.reduce((sum, pid) => sum + (readResidentBytes(pid) ?? 0), 0);
  const target = { service, group, presentBytes, share };
  const first = await limitByControlGroup(target, forMs, deps);
  if (typeof first !== 'string') return first;
  const second = await limitByData(target, forMs, deps);
  if (typeof second !== 'string') return second;
  throw notHere(`${first}; ${second}`);
}

function notHere(why: string): AppError {
  return new AppError('NOT_SUPPORTED', `The target's memory cannot be limited here: ${why}.`, {
    hint: 'Install prlimit (util-linux), or run in a control group that is delegated with its memory controller (systemd-run --user --scope -p Delegate=yes), or ask for pressure on the whole machine: scope: machine under drills.run.',
  });
}
