import type { Exchange, ExchangeOutcome } from '../types-run.ts';
import type { LiveExchange } from './exchange.ts';
import type { Act } from './fault.ts';
import type { ActiveFault, LiveProgram } from './program.ts';
import type { Timeline } from './timeline.ts';

export interface AlarmHost {
  readonly timeline: Timeline;
  program(): LiveProgram;
  /** Whether the connection is over. */
  isOver(): boolean;
  /** Outcome of the exchange if it has in fact been answered; else `null`. */
  settledOutcome(): ExchangeOutcome | null;
  record(record: Exchange): void;
  perform(act: Act): void;
}

/**
 * Lets the faults that act without any byte (a reset after so many ms, a refused connection) act on an exchange:
 * at once, when their time has come, and when their period begins.
 */
export function watchAlarms(exchange: LiveExchange, host: AlarmHost): void {
  for (const fault of host.program().faults) if (fault.hasAlarms) watchFault(exchange, fault, host);
}

/** How a fault makes resolving the upstream's name fail for the exchange that needs it; `null`: none does. */
export function findResolveFailure(exchange: LiveExchange, program: LiveProgram, nowMs: number) {
  for (const stage of program.stages.request) {
    if (stage.fault.activeUntilMs(nowMs) === null) continue;
    const failure = stage.fault.meet(exchange, stage)?.resolve?.(nowMs) ?? null;
    if (failure !== null) return { ...failure, fault: stage.fault };
  }
  return null;
}

function watchFault(exchange: LiveExchange, fault: ActiveFault, host: AlarmHost): void {
  const stage = fault.stages.request ?? fault.stages.response;
  const isCurrent = host.program().faults.includes(fault);
  if (stage === undefined || !isCurrent || exchange.ended || host.isOver()) return;
  const nowMs = host.timeline.now();
  const lookAgainAt = (atMs: number) => {
    exchange.keepWakeup(host.timeline.at(atMs, () => watchFault(exchange, fault, host)));
  };
  const activeMs = fault.nextActiveMs(nowMs);
  if (activeMs === Number.POSITIVE_INFINITY) return;
  if (activeMs > nowMs) {
    lookAgainAt(activeMs);
    return;
  }
  const alarm = fault.meet(exchange, stage)?.alarm?.() ?? null;
  if (alarm === null) return;
  if (alarm.atMs > nowMs) {
    lookAgainAt(alarm.atMs);
    return;
  }
  const settled = host.settledOutcome();
  // What comes now falls on an idle connection, and is told apart from the answer, whether or not that was told.
  if (settled !== null && !exchange.isTold) host.record(exchange.record(settled));
  exchange.hits.act(fault, 'connection', nowMs, null);
  host.perform(alarm.act);
}
