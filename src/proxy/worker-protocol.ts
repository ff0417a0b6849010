import type { ErrorCode } from '../errors.ts';
import type { ProxySpec, ProxyTraffic } from '../types-proxy.ts';
import type { FaultProgram } from '../types-run.ts';
import type { TakenExchanges } from './fault-proxy.ts';

/** What the main thread asks of the worker; `proxy` is the host's own number of it. */
export type WorkerQuestion =
  | {
      readonly ask: 'open';
      readonly proxy: number;
      readonly spec: ProxySpec;
      readonly program: FaultProgram;
    }
  | { readonly ask: 'set_program'; readonly proxy: number; readonly program: FaultProgram }
  | { readonly ask: 'take'; readonly proxy: number; readonly unfinished: boolean }
  | { readonly ask: 'traffic' | 'close'; readonly proxy: number };

export interface WorkerRequest {
  readonly call: number;
  readonly question: WorkerQuestion;
}

/** An AppError as plain values, since its class does not cross threads. */
export interface PlainError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

export type WorkerAnswer =
  | { readonly is: 'opened'; readonly port: number }
  | { readonly is: 'done' }
  | { readonly is: 'taken'; readonly taken: TakenExchanges }
  | { readonly is: 'traffic'; readonly traffic: ProxyTraffic }
  | { readonly is: 'error'; readonly error: PlainError };

export interface WorkerReply {
  readonly call: number;
  readonly answer: WorkerAnswer;
}
