import type { DrillSettings, DrillWish } from '../../drill-entry.ts';
import { AppError } from '../../errors.ts';
import { nearestWord } from '../../nearest.ts';
import type { JsonValue, ProxyMapping } from '../../types.ts';
import type { DrillPlan } from '../../types-drill.ts';
import { quote } from '../../units.ts';
import type { AnyDrill } from './drill.ts';
import { DRILLS } from './drills/index.ts';

/** Fewer requests per second could not tell within a window whether the service is well. */
const LEAST_RATE = 4;

export interface PlanOptions {
  /** Kinds or ids of plans; empty: all. */
  readonly drills: readonly string[];
  /** Length of baseline and failure, and a quarter of the limit of recovery; `null`: as configured. */
  readonly phaseMs: number | null;
  readonly users: number | null;
}

/**
 * Lists the drills to run: those of breakwater.yaml, or else all kinds that fit the dependencies; ids name them.
 *
 * @throws AppError CONFIG_INVALID for an unknown kind, dependency or parameter; NOT_FOUND when the filter leaves none.
 */
export function planDrills(
  settings: DrillSettings,
  dependencies: Readonly<Record<string, ProxyMapping>>,
  options: PlanOptions,
): readonly DrillPlan[] {
  const wishes = settings.run ?? suggestWishes(settings, dependencies);
  const seen = new Map<string, number>();
  const plans = wishes.map((wish, index) => {
    const definition = findKind(wish.kind, `breakwater.yaml: drills.run[${index}].kind`);
    const times = (seen.get(wish.kind) ?? 0) + 1;
    seen.set(wish.kind, times);
    const plan = {
      ...wish,
      ...overrides(options),
      id: times === 1 ? wish.kind : `${wish.kind}#${times}`,
      dependency: chooseDependency(wish, index, definition, dependencies),
      params: readParams(wish, index, definition),
    };
    demandRate(plan);
    return plan;
  });
  return choose(plans, options.drills);
}

/**
 * Gives the kind of that name.
 *
 * @throws AppError CONFIG_INVALID with the kinds that exist.
 */
export function findKind(kind: string, place: string): AnyDrill {
  const found = DRILLS.find((drill) => drill.kind === kind);
  if (found !== undefined) return found;
  const kinds = DRILLS.map((drill) => drill.kind);
  const close = nearestWord(kind, kinds);
  throw new AppError('CONFIG_INVALID', `${place}: there is no drill ${quote(kind)}.`, {
    hint: `${close === null ? '' : `Did you mean ${close}? `}The kinds are ${kinds.join(', ')}.`,
  });
}

function suggestWishes(
  { usual }: DrillSettings,
  dependencies: Readonly<Record<string, ProxyMapping>>,
): readonly DrillWish[] {
  const names = Object.keys(dependencies);
  return DRILLS.flatMap(({ kind, breaks, protocols }): readonly DrillWish[] => {
    const wish = { ...usual, kind, dependency: null, params: {} };
    if (breaks === 'service') return [wish];
    if (breaks === 'dependencies') return names.length === 0 ? [] : [wish];
    return names
      .filter(
        (name) =>
          protocols.length === 0 || protocols.includes(dependencies[name]?.upstream.protocol ?? 'tcp'),
      )
      .map((dependency) => ({ ...wish, dependency }));
  });
}

function overrides({ phaseMs, users }: PlanOptions): Partial<DrillPlan> {
  return {
    ...(users !== null && { users }),
    ...(phaseMs !== null && { baselineMs: phaseMs, failureMs: phaseMs, recoveryLimitMs: 4 * phaseMs }),
  };
}

function chooseDependency(
  { kind, dependency }: DrillWish,
  index: number,
  definition: AnyDrill,
  dependencies: Readonly<Record<string, ProxyMapping>>,
): string | null {
  const { breaks, protocols } = definition;
  const names = Object.keys(dependencies);
  const place = `breakwater.yaml: drills.run[${index}]`;
  if (dependency !== null) {
    if (breaks === 'service')
      throw new AppError(
        'CONFIG_INVALID',
        `${place}: ${kind} breaks the service itself and takes no dependency.`,
      );
    if (names.includes(dependency)) {
      demandFit(definition, dependency, `${place}.dependency`, dependencies);
      return dependency;
    }
    throw new AppError(
      'CONFIG_INVALID',
      `${place}.dependency: there is no dependency ${quote(dependency)}.`,
      {
        hint: `Those of breakwater.yaml: ${names.join(', ') || 'none'}.`,
      },
    );
  }
  if (breaks !== 'dependency') return null;
  const fitting = names.filter((name) => protocols.includes(dependencies[name]?.upstream.protocol ?? 'tcp'));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  throw new AppError('CONFIG_INVALID', `${place}: ${kind} needs the name of the dependency that fails.`, {
    hint: `Add dependency: to it. Those of breakwater.yaml: ${names.join(', ') || 'none'}.`,
  });
}

/** A protocol that another kind is made for does not fit; one that says nothing of what is behind it does. */
function demandFit(
  { kind, breaks, protocols }: AnyDrill,
  name: string,
  place: string,
  dependencies: Readonly<Record<string, ProxyMapping>>,
): void {
  const protocol = dependencies[name]?.upstream.protocol ?? 'tcp';
  const suited = DRILLS.filter((drill) => drill.protocols.includes(protocol)).map((drill) => drill.kind);
  if (breaks !== 'dependency' || suited.length === 0 || suited.includes(kind)) return;
  throw new AppError(
    'CONFIG_INVALID',
    `${place}: ${kind} takes a dependency of ${protocols.join(' or ')}, and ${quote(name)} is ${protocol}.`,
    {
      hint: `Name another one, or use a kind that fits ${protocol}: ${[...suited, 'network_latency'].join(', ')}.`,
    },
  );
}

function readParams(
  wish: DrillWish,
  index: number,
  { kind, params }: AnyDrill,
): Readonly<Record<string, JsonValue>> {
  const read = params.safeParse(wish.params);
  if (read.success) return wish.params;
  const [issue] = read.error.issues;
  const path =
    issue?.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : (issue?.path ?? []);
  throw new AppError(
    'CONFIG_INVALID',
    `breakwater.yaml: drills.run[${index}]${path.map((part) => `.${String(part)}`).join('')}: ${issue?.message ?? 'does not fit'}.`,
    {
      hint: `What ${kind} takes besides users, rate, phases and dependency: ${Object.keys(params.shape).join(', ') || 'nothing'}.`,
    },
  );
}

function demandRate({ id, users, ratePerUser }: DrillPlan): void {
  const rate = users * ratePerUser;
  if (rate >= LEAST_RATE) return;
  throw new AppError('CONFIG_INVALID', `${id}: ${rate} requests per second are too few to see a recovery.`, {
    hint: `Raise users or rate in breakwater.yaml: drills, so that their product is at least ${LEAST_RATE}.`,
  });
}

function choose(plans: readonly DrillPlan[], wanted: readonly string[]): readonly DrillPlan[] {
  for (const name of wanted) {
    if (plans.some(({ id, kind }) => name === id || name === kind)) continue;
    throw new AppError('NOT_FOUND', `No drill ${quote(name)} is configured.`, {
      hint: `Those that can be run: ${plans.map(({ id }) => id).join(', ') || 'none'}. breakwater.yaml: drills.run lists them.`,
    });
  }
  return wanted.length === 0
    ? plans
    : plans.filter(({ id, kind }) => wanted.includes(id) || wanted.includes(kind));
}
