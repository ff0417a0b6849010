import type { Priority } from '../../types-code.ts';
import type { Effort } from '../rule.ts';
import type { SymptomKind } from './symptom.ts';

/** What a symptom means and what is done about it, for a reader who has no code at hand. */
export interface SymptomMeaning {
  readonly title: string;
  readonly hypothesis: string;
  readonly priority: Priority;
  readonly complexity: Effort;
  readonly cost: Effort;
  readonly pattern: string;
  /** Why the pattern is the way it is, and what decides its figures. */
  readonly discussion: string;
  readonly source: string;
  /** What comes of it when it is left. */
  readonly impact: string;
  readonly benefit: string;
  /** What the pattern may cost. */
  readonly risks: string;
  readonly infrastructurePattern: string;
  readonly monitoring: string;
  /** The scenario that would show it. */
  readonly scenario: string;
}

export const SYMPTOM_MEANINGS: Readonly<Record<SymptomKind, SymptomMeaning>> = {
  breakdown: {
    title: 'The service breaks off, or ends, when a dependency fails',
    hypothesis:
      'An error of the dependency reaches nobody (no listener, no `catch`, a panic), and the runtime ends the process.',
    priority: 'critical',
    complexity: 'low',
    cost: 'low',
    pattern:
      'Catch what a dependency can throw where it is called, listen to the errors of connections and pools, and answer 502 or 503.',
    discussion:
      'A handler for uncaught errors of the whole process is a place to log and to end, not to go on: what the error left half done is not known there. The last lines of the output say where the error came from.',
    source:
      'Node.js documentation, "process: uncaughtException" and "Error events"; Google SRE Book, chapter 22',
    impact:
      'One failing call ends all requests that the process was serving, and replicas that see the same failure end with it.',
    benefit: 'A failure of a dependency costs the requests that need it, and no others.',
    risks: 'An error that is caught and not told hides a defect: log it, and count it.',
    infrastructurePattern: 'More than one replica, and a restart policy with a growing pause.',
    scenario:
      '`refuse` or `reset` at the dependency, looking at whether the service still answers afterwards',
    monitoring:
      'Restarts of the process, uncaught errors in its log, connections that end without an answer.',
  },
  hang: {
    title: 'Requests hang while a dependency is silent',
    hypothesis: 'A call to the dependency has no time limit, or one longer than the caller waits.',
    priority: 'critical',
    complexity: 'low',
    cost: 'low',
    pattern:
      'Give each outgoing call a time limit below the deadline of its caller, and answer 503 or 504 when it strikes.',
    discussion:
      'The limit comes from what the dependency needs on a good day (a little above its p99), and stays below what callers wait, retries included.',
    source: 'Google SRE Book, chapter 22 "Addressing Cascading Failures"; RFC 9110, 15.6.5',
    impact:
      'Waiting requests hold threads, connections and memory, so a silent dependency stops operations too that do not need it.',
    benefit: 'A silent dependency costs its limit and a clear error, not the whole patience of the caller.',
    risks: 'Answers slower than the limit become errors: measure how long good ones take before setting it.',
    infrastructurePattern: 'A response timeout per route at the load balancer or service mesh.',
    scenario: "a `blackhole` on the dependency, with the client's limit above the one in the code",
    monitoring: 'Timeouts by dependency, p99 latency of outgoing calls, requests in flight.',
  },
  hang_on_error: {
    title: 'Requests hang although the dependency fails at once',
    hypothesis: 'The failing call is repeated without end, so its error never comes out.',
    priority: 'critical',
    complexity: 'low',
    cost: 'low',
    pattern: 'Stop after a few attempts, and pass the last error on as 502 or 503.',
    discussion:
      'Two or three attempts recover from a lost packet or a restart; more only add load. The attempts together must end before the caller gives up.',
    source: 'Google SRE Book, chapter 22 "Addressing Cascading Failures"',
    impact:
      'Callers see silence instead of an error, and the dependency is called again and again meanwhile.',
    benefit: 'The error comes out within a bounded time, and callers can act on it.',
    risks: 'Failures that used to heal after a long wait become visible to callers.',
    infrastructurePattern: 'A circuit breaker at the service mesh turns the error into a quick refusal.',
    scenario: '`httperror` 503 or a refused connection at the dependency, with a clear error expected',
    monitoring: 'Requests in flight, attempts per request, age of the oldest request.',
  },
  retry_multiplication: {
    title: 'Retries multiply the load on a failing dependency',
    hypothesis: 'A retry has no bound or no pause, or several layers retry one another.',
    priority: 'critical',
    complexity: 'medium',
    cost: 'low',
    pattern:
      'Retry at one layer only, at most 3 attempts, with growing pauses and jitter, idempotent calls only.',
    discussion:
      'Attempts of layers multiply: three of three are nine. Pauses that grow and are drawn at random keep clients from coming back all at once; a call that is not idempotent needs a key before it may be repeated.',
    source: 'Google SRE Book, chapter 22; AWS Architecture Blog "Exponential Backoff And Jitter"',
    impact:
      'The dependency gets a multiple of its usual load just when it is weakest, and stays down longer.',
    benefit: 'A failing dependency gets at most three times its usual load.',
    risks: 'Fewer attempts let some short failures through that more of them would have hidden.',
    infrastructurePattern: 'A retry budget and a circuit breaker in the service mesh.',
    scenario: '`httperror` 503 at the dependency, its calls counted at the proxy',
    monitoring: 'Calls at the dependency for each request, share of requests that needed a retry.',
  },
  unclear_error: {
    title: 'Failures of a dependency come out as 500 or as a page',
    hypothesis: 'The error of the dependency is not caught, and the framework answers for it.',
    priority: 'recommended',
    complexity: 'low',
    cost: 'low',
    pattern:
      'Map failures of dependencies to 502, 503 or 504 with `Retry-After`, in the form that other errors of the API have; keep 500 for defects of our own.',
    discussion:
      'Callers and load balancers retry a 503 and not a 500, and a program cannot read a page. One place, the error handler of the application, can map them all.',
    source: 'RFC 9110, 15.6 and 10.2.3; RFC 9457',
    impact: 'An outage of a dependency looks like a defect of this service: the wrong people are called.',
    benefit: 'Callers know that it is worth trying again, and operators see whose failure it is.',
    risks:
      'A defect of our own that is caught along with it hides behind a 503: catch the errors of the client only.',
    infrastructurePattern: 'Outlier detection at the load balancer works on clear gateway errors.',
    scenario: '`httperror` or a refused connection at the dependency, with 502, 503 or 504 expected',
    monitoring: 'Answers by status, 500 apart from 502 to 504.',
  },
  slow_beyond_fault: {
    title: 'The service is slower than the fault alone explains',
    hypothesis:
      'The delay is paid more than once (calls one after the other, a new connection each time), or requests queue behind one another (small pool, blocked event loop).',
    priority: 'recommended',
    complexity: 'medium',
    cost: 'medium',
    pattern:
      'Make independent calls at the same time, keep connections open, keep blocking work off the event loop, size pools for the load.',
    discussion:
      'An amplification near a whole number says how many times the delay is paid, one call after the other; a residual that grows with the load says that requests queue.',
    source: 'Dean and Barroso, "The Tail at Scale", CACM 56(2), 2013',
    impact: 'A dependency that gets a little slower makes this operation miss its objective.',
    benefit: 'A slow dependency costs its delay once.',
    risks: 'Calls at the same time press harder on the dependency; larger pools move the queue there.',
    infrastructurePattern:
      'More replicas shorten queues; a limit on requests in flight sheds what would only wait.',
    scenario: '`latency` at the dependency under load, looking at the residual',
    monitoring: 'Time waiting for a connection or worker, event loop delay, pool use.',
  },
  slow_recovery: {
    title: 'The service stays bad after the fault has ended',
    hypothesis:
      'Requests of the outage are still queued or repeated, or dead connections stay in a pool until each has failed once.',
    priority: 'recommended',
    complexity: 'medium',
    cost: 'medium',
    pattern:
      'Drop work whose caller has given up, bound queues and retries, and test pooled connections before they are used.',
    discussion:
      'What is queued during an outage is mostly wanted by nobody afterwards. A breaker that lets single calls through finds out soon that the dependency is back.',
    source: 'Google SRE Book, chapter 22 "Addressing Cascading Failures"',
    impact: 'Each short outage of a dependency becomes a longer one for callers.',
    benefit: 'The service is well again as soon as its dependency is.',
    risks: 'Bounded queues refuse requests that would have been answered late.',
    infrastructurePattern: 'Load shedding at the gateway while latency is above its objective.',
    scenario: 'a `blackhole` or `refuse` for a part of the load, looking at the requests after it',
    monitoring: 'Time from the end of an outage to normal latency, queue length, invalidated connections.',
  },
  edge_only: {
    title: 'Slow at the edge only',
    hypothesis: 'The fault lay between client and service; what the client saw is what was injected.',
    priority: 'nice-to-have',
    complexity: 'low',
    cost: 'low',
    pattern: 'Nothing in the service is accused by this. Clients need time limits and retries of their own.',
    discussion: 'What lies between client and service is paid by every request, whatever the service does.',
    source: '',
    impact: 'Clients far away, or on poor networks, wait.',
    benefit: 'Clients bear a poor network better.',
    risks: 'Retries of clients add load.',
    infrastructurePattern: 'A location or an edge cache nearer to the clients.',
    scenario: '`latency` at the edge',
    monitoring: 'Latency as clients see it, beside latency as the service sees it.',
  },
};
