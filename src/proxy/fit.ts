import { AppError } from '../errors.ts';
import type { Fault, Upstream } from '../types.ts';
import { needsHttp } from './fault-schema.ts';
import { formatMapping } from './mapping.ts';

/** Whether a proxy to that upstream sees requests; elsewhere it sees bytes only. */
export function isHttp({ protocol }: Pick<Upstream, 'protocol'>): boolean {
  return protocol === 'http' || protocol === 'https';
}

/** Why the limit of a fault cannot be told at a proxy to that upstream; `null`: it can, or there is none. */
export function explainLostLimit({ only }: Fault, upstream: Upstream): string | null {
  return only === null || isHttp(upstream) ? null : `"only" needs HTTP, and ${nameRaw(upstream)}`;
}

/**
 * Refuses faults that could never act as written at a proxy to that upstream.
 *
 * @throws AppError BAD_INPUT that names the fault by its place in the list.
 */
export function checkFit(faults: readonly Fault[], upstream: Upstream): void {
  refuseFirst(faults, (fault) => {
    if (fault.params.answer_time !== undefined) {
      return 'answer_time needs the pre-flight call of a run; give rate';
    }
    const isLost = !isHttp(upstream) && needsHttp(fault);
    return isLost ? `${fault.type} needs HTTP, and ${nameRaw(upstream)}` : explainLostLimit(fault, upstream);
  });
}

/**
 * Refuses faults that are limited to requests which a proxy to that upstream cannot tell.
 *
 * @throws AppError BAD_INPUT that names the fault by its place in the list.
 */
export function checkOnly(faults: readonly Fault[], upstream: Upstream): void {
  refuseFirst(faults, (fault) => explainLostLimit(fault, upstream));
}

function refuseFirst(faults: readonly Fault[], explain: (fault: Fault) => string | null): void {
  for (const [index, fault] of faults.entries()) {
    const misfit = explain(fault);
    if (misfit === null) continue;
    throw new AppError('BAD_INPUT', `faults.${index} (${fault.type}): ${misfit}.`, {
      hint: 'Write the upstream as http://HOST:PORT where it speaks HTTP; else leave this out.',
    });
  }
}

function nameRaw(upstream: Upstream): string {
  return `${formatMapping({ listenPort: 0, upstream })} is raw TCP, where there are no requests to tell`;
}
