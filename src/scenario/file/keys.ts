/** The keys of a scenario file, by what they belong to; those of faults stand with the faults. */
export const KEYS = {
  document: ['title', 'description', 'config', 'items'],
  config: ['http', 'seed', 'spec', 'setup', 'teardown'],
  http: ['headers', 'paths'],
  paths: ['segments'],
  item: ['call', 'context', 'expect'],
  call: ['method', 'url', 'headers', 'body', 'timeout', 'auth', 'meta'],
  /** Beside those of a call. */
  setup: ['capture'],
  meta: ['operation_id'],
  context: ['upstreams', 'faults', 'strategy', 'slo', 'proxy', 'preflight', 'degradable', 'runs_on'],
  proxy: ['disable_http_proxies', 'proxies'],
  repeat: ['step', 'count', 'wait', 'failfast', 'add_baseline_call', 'step_field'],
  load: ['duration', 'clients', 'rps', 'connection', 'baseline'],
  slo: ['slo_type', 'title', 'objective', 'threshold', 'error_statuses'],
  expect: [
    'status',
    'statuses',
    'response_time_under',
    'all_slo_are_valid',
    'body_matches_schema',
    'body_schema',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Keys that are understood although they stand in the wrong place, or have an older name; each with a notice. */
export const SLIPS = {
  document: ['scenarios', 'context', 'expect', 'slo'],
  item: ['slo'],
  call: ['operation_id'],
  slo: ['type'],
} as const satisfies Readonly<Record<string, readonly string[]>>;
