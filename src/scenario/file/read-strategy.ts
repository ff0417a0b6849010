import type { Slo, Strategy } from '../../types.ts';
import { quote } from '../../units.ts';
import { KEYS, SLIPS } from './keys.ts';
import {
  type Fields,
  type Node,
  note,
  readBoolean,
  readDurationMs,
  readFields,
  readInteger,
  readList,
  readNumber,
  readText,
  readWord,
  refuse,
} from './node.ts';

const MODES = ['single', 'repeat', 'load'] as const;

/** Reads a `strategy`; none at all is a single call. */
export function readStrategy(node: Node | null): Strategy {
  if (node === null) return { mode: 'single' };
  const all = readFields(node, ['mode', ...KEYS.repeat, ...KEYS.load], 'a strategy');
  const modeNode = all.get('mode');
  if (modeNode === null) throw refuse(node, 'a strategy needs a "mode": single, repeat or load.');
  const mode = readWord(modeNode, MODES);
  // Read once more, so that a key of the other mode is an error too.
  switch (mode) {
    case 'single':
      readFields(node, ['mode'], 'a strategy of mode single');
      return { mode };
    case 'repeat':
      return readRepeat(node, readFields(node, ['mode', ...KEYS.repeat], 'a strategy of mode repeat'));
    case 'load':
      return readLoad(node, readFields(node, ['mode', ...KEYS.load], 'a strategy of mode load'));
  }
}

/** Reads one entry of `slo`. */
export function readSlo(node: Node): Slo {
  const fields = readFields(node, [...KEYS.slo, ...SLIPS.slo], 'an SLO');
  const slip = fields.get('type');
  const typeNode = fields.get('slo_type') ?? slip;
  if (typeNode === null) throw refuse(node, 'an SLO needs a "slo_type": latency or error.');
  if (typeNode === slip) note(typeNode, '"type" is taken as "slo_type".');
  const kind = readWord(typeNode, ['latency', 'error']);
  const objectivePercent = readNumber(demand(node, fields, 'objective', 'an SLO'), 0, 100);
  const thresholdNode = demand(node, fields, 'threshold', 'an SLO');
  const titleNode = fields.get('title');
  const statusesNode = fields.get('error_statuses');
  if (kind === 'latency') {
    const thresholdMs = readNumber(thresholdNode, 0);
    if (statusesNode !== null)
      throw refuse(statusesNode, 'error_statuses belongs to an SLO of slo_type error.');
    const title = titleNode === null ? `P${objectivePercent} < ${thresholdMs}ms` : readText(titleNode);
    return { kind, title, objectivePercent, thresholdMs };
  }
  const thresholdPercent = readNumber(thresholdNode, 0, 100);
  const title = titleNode === null ? `< ${thresholdPercent}% errors` : readText(titleNode);
  const errorStatuses = statusesNode === null ? null : readList(statusesNode, readStatusClass);
  return {
    kind,
    title,
    objectivePercent,
    thresholdPercent,
    ...(errorStatuses !== null && { errorStatuses }),
  };
}

/** `429`, or a class such as `5XX`. */
function readStatusClass(node: Node): string {
  const text = readText(node).toUpperCase();
  if (/^[1-5](\d\d|XX)$/.test(text)) return text;
  throw refuse(node, `expected a status such as 429, or a class such as 5XX, got ${quote(node.value)}.`);
}

function readRepeat(node: Node, fields: Fields): Strategy {
  const wait = fields.get('wait');
  const step = fields.get('step');
  const stepField = fields.get('step_field');
  return {
    mode: 'repeat',
    step: step === null ? 0 : readNumber(step, Number.NEGATIVE_INFINITY),
    stepField: stepField === null ? 'mean' : readText(stepField),
    count: readInteger(demand(node, fields, 'count', 'mode repeat'), 1),
    waitMs: wait === null ? 0 : readDurationMs(wait, 'ms'),
    failFast: readFlag(fields.get('failfast'), false),
    addBaselineCall: readFlag(fields.get('add_baseline_call'), false),
  };
}

function readLoad(node: Node, fields: Fields): Strategy {
  const connection = fields.get('connection');
  const durationNode = demand(node, fields, 'duration', 'mode load');
  const durationMs = readDurationMs(durationNode, 's');
  if (durationMs === 0) throw refuse(durationNode, 'the duration must be above 0.');
  const ratesNode = demand(node, fields, 'rps', 'mode load');
  const requestsPerSecond = readNumber(ratesNode, 0);
  if (requestsPerSecond === 0) throw refuse(ratesNode, 'rps must be above 0.');
  return {
    mode: 'load',
    durationMs,
    clients: readInteger(demand(node, fields, 'clients', 'mode load'), 1),
    requestsPerSecond,
    connection: connection === null ? 'per-request' : readWord(connection, ['per-request', 'keep-alive']),
    baseline: readFlag(fields.get('baseline'), true),
  };
}

/** A truth value, or `absent` where none stands. */
export function readFlag(node: Node | null, absent: boolean): boolean {
  return node === null ? absent : readBoolean(node);
}

function demand(node: Node, fields: Fields, key: string, what: string): Node {
  const found = fields.get(key);
  if (found === null) throw refuse(node, `${what} needs "${key}".`);
  return found;
}
