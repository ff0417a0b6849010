/**
 * The nouns, in the order of the flow: a document lists operations, a scenario has items, a run gives samples
 * with their ledger, samples give an item's result and verdict, a verdict is evidence for findings, a finding
 * leads to a patch and a patch to a verification. Types only; nouns of the document are in `types-openapi.ts`,
 * of a run in `types-run.ts`, of the code and review in `types-code.ts`.
 */
import type { FaultLimit, Period } from './types-fault.ts';

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
export type JsonSchema = boolean | { readonly [key: string]: JsonValue };
export type StringMap = Readonly<Record<string, string>>;

/** Something left out, or understood differently from how it was written, and why. */
export interface Notice {
  readonly where: string;
  readonly message: string;
}

export type HttpMethod = 'GET' | 'HEAD' | 'OPTIONS' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'TRACE';

// ---- Scenario ---------------------------------------------------------------------------------------------

export interface Scenario {
  readonly title: string;
  readonly description: string | null;
  readonly config: ScenarioConfig;
  readonly items: readonly Item[];
}

export interface ScenarioConfig {
  readonly headers: StringMap;
  /** Values for `{name}` in URLs, headers and bodies. */
  readonly segments: StringMap;
  readonly seed: number | null;
  /** Path or URL of the document whose schemas the answers must match; absent: that of breakwater.yaml. */
  readonly spec?: string;
  readonly setup: readonly SetupCall[];
  readonly teardown: readonly Call[];
}

export interface Call {
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers: StringMap;
  readonly body: string | null;
  /** Time from when the request is due to the end of the answer; default 10 000. */
  readonly timeoutMs: number;
  readonly operationId: string | null;
  /** Security schemes whose credentials are added when it is sent; absent: the default one. */
  readonly auth?: readonly string[];
}

export interface SetupCall extends Call {
  /**
   * Name of a segment to what in the answer fills it: a JSON Pointer (RFC 6901) into its JSON, or `header.NAME`,
   * of which `header.Location` gives the last segment of the path. Of several the first that is there counts.
   */
  readonly capture: Readonly<Record<string, string | readonly string[]>>;
}

export interface Item {
  readonly call: Call;
  readonly context: ItemContext;
  readonly expect: Expectation;
}

export interface ItemContext {
  /** Origins (`http://host:port`) that the faults apply to; `*` is every origin. */
  readonly upstreams: readonly string[];
  readonly faults: readonly Fault[];
  readonly strategy: Strategy;
  readonly slos: readonly Slo[];
  readonly proxy: ProxySettings;
  /** A success without its dependencies is what the operation promises: it is no failure. */
  readonly degradable?: boolean;
  /** `true` and `false` force or forbid the call before the faults; `null` leaves it to the method. */
  readonly preflight: boolean | null;
  /** Kept as read, for round trips; items that have it are not run. */
  readonly runsOn: JsonValue;
}

export interface ProxySettings {
  readonly disableHttpProxies: boolean;
  readonly mappings: readonly ProxyMapping[];
}

export type UpstreamProtocol = 'http' | 'https' | 'psql' | 'psqls' | 'tls' | 'tcp' | 'redis';

/** `PORT=[PROTOCOL://]HOST[:PORT]`: where an application reaches a dependency through a proxy. */
export interface ProxyMapping {
  /** Port that the proxy listens on; 0 asks for a free one. */
  readonly listenPort: number;
  readonly upstream: Upstream;
}

export interface Upstream {
  readonly protocol: UpstreamProtocol;
  readonly host: string;
  readonly port: number;
}

export interface UpstreamTls {
  /** PEM of a CA that is trusted besides the usual ones. */
  readonly ca?: string;
  /** PEM of a client certificate and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** Name asked for (SNI) and checked; default: the upstream's host. */
  readonly servername?: string;
}

/** A certificate that a server shows, with its key; both PEM. */
export interface ServerIdentity {
  readonly cert: string;
  readonly key: string;
}

export type Side = 'client' | 'server';
export type Direction = 'ingress' | 'egress' | 'both';

/** One fault as declared; `params` has passed the schema of its type. */
export interface Fault {
  readonly type: string;
  readonly side: Side;
  readonly direction: Direction;
  /** Empty: active all the time. */
  readonly periods: readonly Period[];
  /** 0 to 1, drawn once per exchange. */
  readonly probability: number;
  /** Requests that it acts on; `null`: all exchanges. */
  readonly only: FaultLimit | null;
  readonly params: Readonly<Record<string, JsonValue>>;
}

export type Strategy =
  | { readonly mode: 'single' }
  | {
      readonly mode: 'repeat';
      readonly step: number;
      readonly stepField: string;
      readonly count: number;
      readonly waitMs: number;
      readonly failFast: boolean;
      readonly addBaselineCall: boolean;
    }
  | {
      readonly mode: 'load';
      readonly durationMs: number;
      readonly clients: number;
      /** Arrival rate of each client. */
      readonly requestsPerSecond: number;
      readonly connection: 'per-request' | 'keep-alive';
      readonly baseline: boolean;
    };

export type Slo =
  | {
      readonly kind: 'latency';
      readonly title: string;
      /** Percentile, 0 to 100. */
      readonly objectivePercent: number;
      readonly thresholdMs: number;
    }
  | {
      readonly kind: 'error';
      readonly title: string;
      readonly objectivePercent: number;
      /** Failed requests in percent must stay below. */
      readonly thresholdPercent: number;
      /** Answers that count as failed, such as `429` or `5XX`; absent: `5XX`. */
      readonly errorStatuses?: readonly string[];
    };

export interface Expectation {
  /** Empty: no status is expected. */
  readonly statuses: readonly number[];
  readonly responseTimeUnderMs: number | null;
  /** `null`: as the strategy has it (SLOs count under load). */
  readonly allSloAreValid: boolean | null;
  /** Every successful answer must match the schema of its body. */
  readonly bodyMatchesSchema: boolean;
  /** That schema, standing alone (JSON Schema 2020-12); absent: it is not known (yet). */
  readonly bodySchema?: JsonSchema;
}
