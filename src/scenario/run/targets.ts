import { formatAuthority } from '../../proxy/mapping.ts';
import { fillNames } from './placeholders.ts';
import { placeFaults } from './placement.ts';
import { completeCall, type ItemPlan, type PlanRequest } from './plan.ts';

/** Every origin that the run would send to, setup, teardown and mapped dependencies included, as URLs, sorted. */
export function listTargets(
  plans: readonly ItemPlan[],
  request: PlanRequest,
  openKeys: ReadonlySet<string>,
): readonly string[] {
  const urls = plans.flatMap(({ call, planned, scenario }) => {
    const { config } = scenario;
    const extra = [...config.setup, ...config.teardown].map((each) => completeCall(each, scenario, request));
    const mapped = planned.item.context.proxy.mappings.map(
      ({ upstream }) => `http://${formatAuthority(upstream)}`,
    );
    const { forwardOrigins } = placeFaults(planned.item, { openKeys, forward: false }, '');
    return [
      ...[call, ...extra].map((each) => originOf(fillNames(each, config.segments).url)),
      ...mapped,
      ...forwardOrigins.map(originOf),
    ];
  });
  return [...new Set(urls)].sort();
}

/** What is no URL stays as it is: the check of the target says so. */
function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}
