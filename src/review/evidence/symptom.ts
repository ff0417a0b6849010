/** What a run can show of a weakness; `edge_only` clears the target instead of accusing it. */
export type SymptomKind =
  | 'hang'
  | 'hang_on_error'
  | 'retry_multiplication'
  | 'unclear_error'
  | 'slow_beyond_fault'
  | 'edge_only';

/** One measured sign of how the target behaved in one item of a run. */
export interface Symptom {
  readonly kind: SymptomKind;
  readonly runId: string;
  readonly itemId: string;
  readonly endpoint: string;
  readonly scenarioTitle: string;
  /** What was seen, in one sentence. */
  readonly seen: string;
  readonly figures: string;
  /** How sure the measurement itself is, 0 to 1. */
  readonly strength: number;
}

/** What a symptom means, for a reader who has no code at hand. */
export interface SymptomMeaning {
  readonly title: string;
  readonly hypothesis: string;
  readonly pattern: string;
  readonly infrastructurePattern: string;
  readonly monitoring: string;
  /** The scenario that would show it. */
  readonly scenario: string;
}

export const SYMPTOM_MEANINGS: Readonly<Record<SymptomKind, SymptomMeaning>> = {
  hang: {
    title: 'Requests hang while a dependency is silent',
    hypothesis: 'A call to the dependency has no time limit, or one longer than the caller waits.',
    pattern:
      'Give each outgoing call a time limit below the deadline of its caller, and answer 503 or 504 when it strikes.',
    infrastructurePattern: 'A response timeout per route at the load balancer or service mesh.',
    scenario: "a `blackhole` on the dependency, with the client's limit above the one in the code",
    monitoring: 'Timeouts by dependency, p99 latency of outgoing calls, requests in flight.',
  },
  hang_on_error: {
    title: 'Requests hang although the dependency fails at once',
    hypothesis: 'The failing call is repeated without end, so its error never comes out.',
    pattern: 'Stop after a few attempts, and pass the last error on as 502 or 503.',
    infrastructurePattern: 'A circuit breaker at the service mesh turns the error into a quick refusal.',
    scenario: '`httperror` 503 or a refused connection at the dependency, with a clear error expected',
    monitoring: 'Requests in flight, attempts per request, age of the oldest request.',
  },
  retry_multiplication: {
    title: 'Retries multiply the load on a failing dependency',
    hypothesis: 'A retry has no bound or no pause, or several layers retry one another.',
    pattern:
      'Retry at one layer only, at most 3 attempts, with growing pauses and jitter, idempotent calls only.',
    infrastructurePattern: 'A retry budget and a circuit breaker in the service mesh.',
    scenario: '`httperror` 503 at the dependency, its calls counted at the proxy',
    monitoring: 'Calls at the dependency for each request, share of requests that needed a retry.',
  },
  unclear_error: {
    title: 'Failures of a dependency come out as 500',
    hypothesis: 'The error of the dependency is not caught, and the framework answers for it.',
    pattern:
      'Map failures of dependencies to 502, 503 or 504 with `Retry-After`; keep 500 for defects of our own.',
    infrastructurePattern: 'Outlier detection at the load balancer works on clear gateway errors.',
    scenario: '`httperror` or a refused connection at the dependency, with 502, 503 or 504 expected',
    monitoring: 'Answers by status, 500 apart from 502 to 504.',
  },
  slow_beyond_fault: {
    title: 'The service is slower than the fault alone explains',
    hypothesis:
      'The delay is paid more than once (calls one after the other, a new connection each time), or requests queue behind one another (small pool, blocked event loop).',
    pattern:
      'Make independent calls at the same time, keep connections open, keep blocking work off the event loop, size pools for the load.',
    infrastructurePattern:
      'More replicas shorten queues; a limit on requests in flight sheds what would only wait.',
    scenario: '`latency` at the dependency under load, looking at the residual',
    monitoring: 'Time waiting for a connection or worker, event loop delay, pool use.',
  },
  edge_only: {
    title: 'Slow at the edge only',
    hypothesis: 'The fault lay between client and service; what the client saw is what was injected.',
    pattern: 'Nothing in the service is accused by this. Clients need time limits and retries of their own.',
    infrastructurePattern: 'A location or an edge cache nearer to the clients.',
    scenario: '`latency` at the edge',
    monitoring: 'Latency as clients see it, beside latency as the service sees it.',
  },
};
