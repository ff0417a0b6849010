import type { ProxySpec } from '../../types-proxy.ts';
import type { Exchange, FaultProgram } from '../../types-run.ts';

export interface TakenExchanges {
  readonly exchanges: readonly Exchange[];
  /** Those that began while other items ran: this item's only where their trace id says so. */
  readonly beside?: readonly Exchange[];
  readonly dropped: number;
}

/** What a run needs of an open proxy. */
export interface RunProxy {
  readonly spec: ProxySpec;
  readonly host: string;
  readonly port: number;
  /** Resolves when the proxy has acknowledged: from then on the faults are those of `program`. */
  setProgram(program: FaultProgram): Promise<void>;
  /** Gives the exchanges that ended since it was last asked, and how many could not be kept. */
  takeExchanges(options?: {
    /** Those still under way too, each given once. */
    readonly unfinished?: boolean;
  }): Promise<TakenExchanges>;
  close(): Promise<unknown>;
}

/** What a run needs of the host of proxies. */
export interface RunProxyHost {
  open(spec: ProxySpec, program: FaultProgram): Promise<RunProxy>;
}
