import { z } from 'zod';
import { duration } from '../../../config-values.ts';
import { showMs } from '../../../units.ts';
import { delayAnswers, demandDependency, faultDependency } from '../break-dependency.ts';
import { defineDrill } from '../drill.ts';

const USUAL_DELAY_MS = 10_000;

/** The database answers so late that requests pile up; with `sessions`, real queries hold its connections too. */
export default defineDrill({
  kind: 'slow_query',
  title: 'Slow Query Scenario',
  failureType: 'slow_query',
  breaks: 'dependency',
  protocols: ['psql', 'psqls'],
  isMomentary: false,
  params: z.strictObject({
    delay: duration.default(USUAL_DELAY_MS),
    sessions: z.number().int().min(0).default(0),
  }),
  async begin({ delay, sessions }, ground) {
    const dependency = demandDependency(ground);
    const held =
      sessions === 0 ? null : await ground.means.holdSessions(dependency, sessions, ground.failureMs);
    const slow = await faultDependency(
      dependency,
      delayAnswers(delay),
      (place) => `answers of ${place} delayed by ${showMs(delay)}`,
    ).catch(async (error: unknown) => {
      await held?.end();
      throw error;
    });
    if (held === null) return slow;
    return {
      broke: `${slow.broke}; ${held.broke}`,
      async end() {
        await Promise.all([slow.end(), held.end()]);
      },
      async evidence() {
        const [first, second] = await Promise.all([slow.evidence(), held.evidence()]);
        return { value: first.value, evidence: `${first.evidence}; ${second.evidence}` };
      },
    };
  },
});
