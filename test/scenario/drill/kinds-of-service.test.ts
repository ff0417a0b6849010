import { expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { createRandom } from '../../../src/random.ts';
import type { AnyDrill } from '../../../src/scenario/drill/drill.ts';
import applicationCrash from '../../../src/scenario/drill/drills/application-crash.ts';
import cpuSaturation from '../../../src/scenario/drill/drills/cpu-saturation.ts';
import memoryPressure from '../../../src/scenario/drill/drills/memory-pressure.ts';
import type { RestartableService } from '../../../src/service/drill-service.ts';
import { findProgram } from '../../../src/service/find-program.ts';
import { createDrillMeans } from '../../../src/service/means/means.ts';
import { BASE_ENV, makeGround, startTarget } from '../../service/means/ground.ts';

const onPosix = test.skipIf(process.platform === 'win32');
const onLinux = test.runIf(process.platform === 'linux');
const canLimit = process.platform === 'linux' && (await findProgram('prlimit', BASE_ENV)) !== null;

async function begin(
  drill: AnyDrill,
  params: Readonly<Record<string, unknown>>,
  service: RestartableService,
) {
  const ground = await makeGround();
  const means = createDrillMeans({
    ...ground,
    app: { folder: ground.store.folder, env: {} },
    allowHosts: [],
  });
  return drill.begin(drill.params.parse(params), {
    clock: systemClock,
    random: createRandom(1),
    signal: ground.signal,
    failureMs: 60_000,
    dependency: null,
    dependencies: [],
    service,
    means,
  });
}

test('a crash ends every process of the service, and its command brings it back on its port', async () => {
  const service = await startTarget();
  const before = service.groupId();
  const active = await begin(applicationCrash, {}, service);
  expect(service.groupId()).not.toBe(before);
  await service.untilReady(30_000);
  expect((await fetch(service.baseUrl)).status).toBe(200);
  await active.end();
  expect(await active.evidence()).toEqual({ value: true, evidence: '1 of its 1 processes ended' });
  expect(service.listUnexpectedEnds(0)).toEqual([]);
});

test('a service that does not run cannot crash', async () => {
  const service = await startTarget();
  await service.crash();
  await expect(begin(applicationCrash, {}, service)).rejects.toMatchObject({ code: 'SERVICE_NOT_READY' });
});

onPosix('saturation takes 90 % of the processor from the target unless told otherwise', async () => {
  const service = await startTarget();
  const active = await begin(cpuSaturation, {}, service);
  expect(active.broke).toBe('the target left 10.0 % of the time to run');
  await active.end();
  const less = await begin(cpuSaturation, { share: 0.5 }, service);
  expect(less.broke).toBe('the target left 50.0 % of the time to run');
  await less.end();
});

onLinux('saturation of the whole machine keeps its processors busy', async () => {
  const active = await begin(cpuSaturation, { share: 0.1, scope: 'machine' }, await startTarget());
  await active.end();
  expect(active.broke).toMatch(/^10\.0 % of the machine's \d+ processors kept busy by/);
});

test.runIf(canLimit)('pressure on the target leaves it the rest of its share to grow', async () => {
  const active = await begin(memoryPressure, { share: 0.7 }, await startTarget());
  await active.end();
  expect(active.broke).toMatch(/^the target limited to .* more memory \(30\.0 % of what it had\)/);
});

onLinux('pressure on the whole machine holds a share of what is available', async () => {
  const active = await begin(memoryPressure, { share: 0.005, scope: 'machine' }, await startTarget());
  await active.end();
  expect(active.broke).toMatch(/ of the machine's memory \(0\.5 % of what was available\) held by/);
  expect((await active.evidence()).value).toBe(true);
});

test.each([
  [cpuSaturation, { share: 0.96 }],
  [cpuSaturation, { share: 0 }],
  [memoryPressure, { share: 0.91, scope: 'machine' }],
  [memoryPressure, { scope: 'planet' }],
  [applicationCrash, { share: 0.5 }],
] as const)('$0.kind refuses parameters out of bounds or unknown: %j', (drill: AnyDrill, params) => {
  expect(drill.params.safeParse(params).success).toBe(false);
});
