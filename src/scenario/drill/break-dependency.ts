import { z } from 'zod';
import { command } from '../../config-values.ts';
import { AppError } from '../../errors.ts';
import { formatMapping } from '../../proxy/mapping.ts';
import type { Fault } from '../../types.ts';
import type { DependencyCounts } from '../../types-means.ts';
import type { ActiveFailure, DrillDependency, DrillGround } from './drill.ts';

const WHENEVER = { side: 'server', direction: 'both', periods: [], probability: 1, only: null } as const;

/** The user's own commands that stop and start a dependency: both, or none. */
export const stopCommands = z
  .strictObject({ stop: command.optional(), start: command.optional() })
  .refine(({ stop, start }) => (stop === undefined) === (start === undefined), {
    message: 'stop and start go together',
  });

/** Takes the dependency away: by the user's commands, or by refusing connections to it and resetting those open. */
export async function takeAway(
  { stop, start }: z.output<typeof stopCommands>,
  ground: DrillGround,
): Promise<ActiveFailure> {
  if (stop !== undefined && start !== undefined) return ground.means.runCommands(stop, start);
  const dependency = demandDependency(ground);
  return faultDependency(
    dependency,
    always('refuse', {}),
    (place) => `connections to ${place} refused and open ones reset`,
  );
}

/** Puts one fault on the proxy of a dependency until `end`. */
export function faultDependency(
  dependency: DrillDependency,
  fault: Fault,
  describe: (place: string) => string,
): Promise<ActiveFailure> {
  return faultAll([dependency], fault, describe);
}

/** Puts one fault on the proxy of the dependency that the plan names, or of all of them. */
export async function faultDependencies(
  { dependency, dependencies }: DrillGround,
  fault: Fault,
  describe: (places: string) => string,
): Promise<ActiveFailure> {
  const chosen = dependency === null ? dependencies : [dependency];
  if (chosen.length === 0) throw noDependency();
  return faultAll(chosen, fault, describe);
}

async function faultAll(
  dependencies: readonly DrillDependency[],
  fault: Fault,
  describe: (places: string) => string,
): Promise<ActiveFailure> {
  const setAll = async (faults: readonly Fault[]) => {
    await Promise.all(dependencies.map((dependency) => dependency.setFaults(faults)));
  };
  const names = dependencies.map(({ name }) => name).join(' and ');
  const before = await sumCounts(dependencies);
  await setAll([fault]);
  return {
    broke: describe(dependencies.map(showPlace).join(' and ')),
    end: () => setAll([]),
    async evidence() {
      const { hits, connections } = await sumCounts(dependencies);
      const acted = hits - before.hits;
      return acted > 0
        ? {
            value: true,
            evidence: `the fault acted ${acted === 1 ? 'once' : `${acted} times`} at the proxy of ${names}`,
          }
        : { value: false, evidence: explainIdle(dependencies, connections) };
    },
  };
}

async function sumCounts(dependencies: readonly DrillDependency[]): Promise<DependencyCounts> {
  const counts = await Promise.all(dependencies.map((dependency) => dependency.counts()));
  return {
    hits: counts.reduce((sum, { hits }) => sum + hits, 0),
    connections: counts.reduce((sum, { connections }) => sum + connections, 0),
  };
}

/** Why a fault met nothing, and what to look at. */
function explainIdle(dependencies: readonly DrillDependency[], connections: number): string {
  const names = dependencies.map(({ name }) => name).join(' and ');
  const places = dependencies.map(({ name }) => `{${name}}`).join(' and ');
  return connections === 0
    ? `the service never called ${names}, before or while it was broken; check that app.env leads to ${places} and that drills.load holds a call that needs it`
    : `the service called ${names} before, and not while it was broken; let drills.load hold a call that needs it each time, and is not answered from a cache`;
}

function showPlace({ name, upstream }: DrillDependency): string {
  return `${name} (${formatMapping({ listenPort: 0, upstream })})`;
}

/** A fault that acts on everything. */
export function always(type: string, params: Fault['params']): Fault {
  return { ...WHENEVER, type, params };
}

/** Delays every answer, and the answers only: a delay of the questions too would be felt twice. */
export function delayAnswers(delayMs: number): Fault {
  return { ...always('latency', { mean: delayMs }), direction: 'ingress' };
}

/**
 * Gives the dependency of the plan.
 *
 * @throws AppError CONFIG_INVALID where there is none.
 */
export function demandDependency({ dependency }: DrillGround): DrillDependency {
  if (dependency !== null) return dependency;
  throw noDependency();
}

function noDependency(): AppError {
  return new AppError('CONFIG_INVALID', 'This drill breaks a dependency, and there is none.', {
    hint: 'Name what the service depends on in breakwater.yaml, such as dependencies: { db: psql://127.0.0.1:5432 }, and let app.env lead there: DATABASE_URL: postgres://app@{db}/shop.',
  });
}
