import { writeFault } from '../../proxy/fault-schema.ts';
import { formatMapping } from '../../proxy/mapping.ts';
import type {
  Call,
  Expectation,
  Fault,
  Item,
  ItemContext,
  JsonValue,
  Scenario,
  ScenarioConfig,
  SetupCall,
  Slo,
  Strategy,
} from '../../types.ts';
import { formatDuration } from '../../units.ts';
import { writeYaml } from '../../yaml.ts';
import { DEFAULT_TIMEOUT_MS } from './read-call.ts';

type Written = Readonly<Record<string, unknown>>;

const writtenFaults = new WeakMap<Fault, Written>();

/** Writes scenarios in the layout of `fault`: one document each, keys in a fixed order, defaults left out. */
export function writeScenarios(scenarios: readonly Scenario[]): string {
  return scenarios.map((scenario) => writeYaml(writeScenario(scenario))).join('---\n');
}

function writeScenario({ title, description, config, items }: Scenario): Written {
  return {
    title,
    ...(description !== null && { description }),
    ...whenAny('config', writeConfig(config)),
    items: items.map(writeItem),
  };
}

function writeConfig({ headers, segments, seed, spec, setup, teardown }: ScenarioConfig): Written {
  const http = { ...whenAny('headers', headers), ...whenAny('paths', whenAny('segments', segments)) };
  return {
    ...whenAny('http', http),
    ...(seed !== null && { seed }),
    ...(spec !== undefined && { spec }),
    ...(setup.length > 0 && { setup: setup.map(writeSetupCall) }),
    ...(teardown.length > 0 && { teardown: teardown.map(writeCall) }),
  };
}

function writeItem({ call, context, expect }: Item): Written {
  return {
    call: writeCall(call),
    context: writeContext(context),
    ...whenAny('expect', writeExpectation(expect)),
  };
}

function writeSetupCall(call: SetupCall): Written {
  return { ...writeCall(call), ...whenAny('capture', call.capture) };
}

function writeCall({ method, url, headers, body, timeoutMs, operationId, auth }: Call): Written {
  return {
    method,
    url,
    ...whenAny('headers', headers),
    ...(body !== null && { body }),
    ...(timeoutMs !== DEFAULT_TIMEOUT_MS && { timeout: timeoutMs }),
    ...(auth !== undefined && { auth }),
    ...(operationId !== null && { meta: { operation_id: operationId } }),
  };
}

function writeContext({
  upstreams,
  faults,
  strategy,
  slos,
  proxy,
  preflight,
  degradable,
  runsOn,
}: ItemContext): Written {
  const settings = {
    ...(proxy.disableHttpProxies && { disable_http_proxies: true }),
    ...(proxy.mappings.length > 0 && { proxies: proxy.mappings.map(formatMapping) }),
  };
  return {
    upstreams,
    faults: faults.map(writeFaultOnce),
    ...(strategy.mode !== 'single' && { strategy: writeStrategy(strategy) }),
    ...(slos.length > 0 && { slo: slos.map(writeSlo) }),
    ...whenAny('proxy', settings),
    ...(preflight !== null && { preflight }),
    ...(degradable !== undefined && { degradable }),
    ...(runsOn !== null && { runs_on: runsOn }),
  };
}

/** Leaving defaults out reads a fault once for each of its keys, and generated scenarios share their faults. */
function writeFaultOnce(fault: Fault): Written {
  const known = writtenFaults.get(fault);
  if (known !== undefined) return known;
  const written = writeFault(fault);
  writtenFaults.set(fault, written);
  return written;
}

function writeStrategy(strategy: Strategy): Written {
  switch (strategy.mode) {
    case 'single':
      return { mode: 'single' };
    case 'repeat':
      return {
        mode: 'repeat',
        step: strategy.step,
        count: strategy.count,
        ...(strategy.waitMs > 0 && { wait: strategy.waitMs }),
        ...(strategy.failFast && { failfast: true }),
        ...(strategy.addBaselineCall && { add_baseline_call: true }),
        ...(strategy.stepField !== 'mean' && { step_field: strategy.stepField }),
      };
    case 'load':
      return {
        mode: 'load',
        duration: formatDuration(strategy.durationMs),
        clients: strategy.clients,
        rps: strategy.requestsPerSecond,
        ...(strategy.connection !== 'per-request' && { connection: strategy.connection }),
        ...(!strategy.baseline && { baseline: false }),
      };
  }
}

function writeSlo(slo: Slo): Written {
  const threshold = slo.kind === 'latency' ? slo.thresholdMs : slo.thresholdPercent;
  const errorStatuses = slo.kind === 'error' ? slo.errorStatuses : undefined;
  return {
    slo_type: slo.kind,
    title: slo.title,
    objective: slo.objectivePercent,
    threshold,
    // Plain statuses are written as numbers, as people do.
    ...(errorStatuses !== undefined && {
      error_statuses: errorStatuses.map((status) => (/^\d+$/.test(status) ? Number(status) : status)),
    }),
  };
}

function writeExpectation(expect: Expectation): Written {
  const { statuses, responseTimeUnderMs, allSloAreValid, bodyMatchesSchema, bodySchema } = expect;
  const [status] = statuses;
  return {
    ...(statuses.length === 1 && { status }),
    ...(statuses.length > 1 && { statuses }),
    ...(responseTimeUnderMs !== null && { response_time_under: responseTimeUnderMs }),
    ...(allSloAreValid !== null && { all_slo_are_valid: allSloAreValid }),
    ...(bodyMatchesSchema && bodySchema === undefined && { body_matches_schema: true }),
    ...(bodySchema !== undefined && !bodyMatchesSchema && { body_matches_schema: false }),
    ...(bodySchema !== undefined && { body_schema: bodySchema }),
  };
}

/** `{ key: value }`, or nothing when the value is empty. */
function whenAny(key: string, value: Written | Readonly<Record<string, JsonValue>>): Written {
  return Object.keys(value).length === 0 ? {} : { [key]: value };
}
