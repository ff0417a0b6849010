import { AppError } from '../../errors.ts';
import { type FaultIssue, readFault } from '../../proxy/fault-schema.ts';
import { explainLostLimit } from '../../proxy/fit.ts';
import { originKey, parseMapping } from '../../proxy/mapping.ts';
import type { Fault, ItemContext, ProxyMapping, Slo, Strategy } from '../../types.ts';
import { KEYS } from './keys.ts';
import {
  childOf,
  type Fields,
  isRecord,
  type Node,
  note,
  plain,
  readBoolean,
  readFields,
  readList,
  readText,
  refuse,
} from './node.ts';
import { readFlag, readSlo, readStrategy } from './read-strategy.ts';

/** Keys that the `lueur` layout nests under the last fault. */
const NESTED_KEYS = ['strategy', 'slo'];

interface FaultEntry {
  readonly fault: Fault;
  readonly node: Node;
  readonly strategy: Node | null;
  readonly slo: Node | null;
}

/** Reads a `context`; `slipped` is a list of SLOs that stands beside it. */
export function readContext(node: Node | null, slipped: Node | null): ItemContext {
  const fields: Fields =
    node === null ? { get: () => null, has: () => false } : readFields(node, KEYS.context, 'a context');
  const entries = readList(fields.get('faults'), readFaultEntry);
  const strategy = readStrategy(fields.get('strategy') ?? lastOf(entries, 'strategy'));
  if (slipped !== null) note(slipped, '"slo" is taken as if it stood inside "context".');
  noteLostPercentages(entries, strategy);
  const preflight = fields.get('preflight');
  const degradable = fields.get('degradable');
  const upstreams = readList(fields.get('upstreams'), readUpstream);
  const proxy = readProxy(fields.get('proxy'));
  for (const entry of entries) refuseLostLimit(entry, upstreams, proxy.mappings);
  return {
    upstreams,
    faults: entries.map(({ fault }) => fault),
    strategy,
    slos: readSlos(fields.get('slo') ?? slipped ?? lastOf(entries, 'slo')),
    proxy,
    preflight: preflight === null ? null : readBoolean(preflight),
    ...(degradable !== null && { degradable: readBoolean(degradable) }),
    runsOn: plain(fields.get('runs_on')),
  };
}

function readSlos(node: Node | null): readonly Slo[] {
  return readList(node, readSlo);
}

function lastOf(entries: readonly FaultEntry[], key: 'strategy' | 'slo'): Node | null {
  const found = entries.findLast((entry) => entry[key] !== null)?.[key] ?? null;
  if (found !== null) note(found, `"${key}" is taken as if it stood inside "context", not under a fault.`);
  return found;
}

function readFaultEntry(node: Node): FaultEntry {
  if (!isRecord(node.value)) throw refuse(node, 'a fault must be a map of keys with a "type".');
  const own = new Map(Object.entries(node.value));
  const nested = takeNested(node, own);
  const sched = own.get('sched');
  if (sched !== undefined && !own.has('period')) {
    note(childOf(node, 'sched', sched), '"sched" is taken as "period".');
    own.delete('sched');
    own.set('period', sched);
  }
  notePeriodSlip(node, own.get('period'));
  return { fault: toFault(node, Object.fromEntries(own)), node, ...nested };
}

/** Takes what the `lueur` layout nests under a fault out of the fault's own keys. */
function takeNested(node: Node, own: Map<string, unknown>): Pick<FaultEntry, 'strategy' | 'slo'> {
  const lostIndent = own.get('strategy') === null && own.get('mode') !== undefined;
  const strategy: unknown = lostIndent ? takeLostStrategy(own) : own.get('strategy');
  const slo = own.get('slo');
  for (const key of NESTED_KEYS) own.delete(key);
  const nodeOf = (key: string, value: unknown) =>
    value === undefined || value === null ? null : childOf(node, key, value);
  // The strategy's keys stand beside it in the file, so its place is the fault's.
  const lost = { value: strategy, path: node.path, file: node.file };
  return { strategy: lostIndent ? lost : nodeOf('strategy', strategy), slo: nodeOf('slo', slo) };
}

function takeLostStrategy(own: Map<string, unknown>): Record<string, unknown> {
  const taken: [string, unknown][] = [];
  for (const key of ['mode', ...KEYS.repeat, ...KEYS.load]) {
    if (!own.has(key)) continue;
    taken.push([key, own.get(key)]);
    own.delete(key);
  }
  return Object.fromEntries(taken);
}

function toFault(node: Node, raw: Record<string, unknown>): Fault {
  try {
    return readFault(raw);
  } catch (error) {
    const [issue] = error instanceof AppError ? listIssues(error.details.issues) : [];
    if (issue === undefined) throw error;
    const path =
      issue.path[0] === 'period' && isRecord(node.value) && !('period' in node.value)
        ? ['sched']
        : issue.path;
    const place = { ...node, path: [...node.path, ...path] };
    throw refuse(place, issue.message, issue.message.startsWith('Unknown key') ? 'key' : 'value');
  }
}

function listIssues(issues: unknown): readonly FaultIssue[] {
  if (!Array.isArray(issues)) return [];
  return issues.filter(
    (issue) => isRecord(issue) && Array.isArray(issue.path) && typeof issue.message === 'string',
  );
}

/** The parser joins `start:1s;duration:2s` into one period; the writer should know. */
function notePeriodSlip(node: Node, period: unknown): void {
  if (typeof period !== 'string') return;
  const groups = period.split(';').map((group) => group.trim());
  const slip = groups.some(
    (group, index) => /^start:[^,]*$/.test(groups[index - 1] ?? '') && /^duration:[^,]*$/.test(group),
  );
  if (slip)
    note(childOf(node, 'period', period), 'an open "start" and a lone "duration" are taken as one period.');
}

function noteLostPercentages(entries: readonly FaultEntry[], strategy: Strategy): void {
  if (strategy.mode === 'load') return;
  for (const { fault, node } of entries) {
    const percent = fault.periods.some(
      ({ start, duration }) => 'percent' in start || (duration !== null && 'percent' in duration),
    );
    if (!percent) continue;
    note(
      node,
      `there is no duration that its period could refer to in mode ${strategy.mode}: it is active for the whole call.`,
    );
  }
}

/** A fault that is limited to some requests cannot act on a mapping that has none. */
function refuseLostLimit(
  { fault, node }: FaultEntry,
  upstreams: readonly string[],
  mappings: readonly ProxyMapping[],
): void {
  const actsOn = ({ upstream }: ProxyMapping) =>
    upstreams.length === 0 ||
    upstreams.some((each) => each === '*' || originKey(each) === originKey(upstream));
  for (const mapping of mappings.filter(actsOn)) {
    const lost = explainLostLimit(fault, mapping.upstream);
    if (lost !== null) throw refuse(childOf(node, 'only', fault.only), `${lost}.`, 'key');
  }
}

function readUpstream(node: Node): string {
  const text = readText(node).trim();
  if (text === '*') return text;
  // A path is ignored: faults apply to origins.
  const origin = text.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#]*).*$/i, '$1');
  try {
    originKey(origin);
    return origin;
  } catch (error) {
    throw refuse(node, error instanceof Error ? error.message : String(error));
  }
}

function readProxy(node: Node | null): ItemContext['proxy'] {
  if (node === null) return { disableHttpProxies: false, mappings: [] };
  const fields = readFields(node, KEYS.proxy, 'proxy');
  return {
    disableHttpProxies: readFlag(fields.get('disable_http_proxies'), false),
    mappings: readList(fields.get('proxies'), readMapping),
  };
}

function readMapping(node: Node): ProxyMapping {
  try {
    return parseMapping(readText(node));
  } catch (error) {
    throw refuse(node, error instanceof Error ? error.message : String(error));
  }
}
