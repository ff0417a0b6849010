import type { LeanNode } from '../../rag/lean-node.ts';
import { importedAs, listLiterals } from './go.ts';
import { argumentsOf } from './javascript.ts';
import { listPgPools } from './pg.ts';
import { fullName, keywordOf, positionalOf, readPythonImports } from './python.ts';
import { membersOf, type SourceText, walk } from './source-text.ts';

/** A limit within which something may work, longer than the one that bounds the wait for it. */
export interface LimitInversion {
  readonly place: LeanNode;
  /** What works, for the message. */
  readonly what: string;
  readonly innerMs: number;
  readonly outerMs: number;
}

/** Races that a timer ends before the call's own limit, and pools whose client gives up before the server. */
export function findJsInversions(source: SourceText): LimitInversion[] {
  return [...listPools(source), ...source.nodes('call_expression').flatMap(checkRace)];
}

function listPools(source: SourceText): LimitInversion[] {
  return listPgPools(source).flatMap(({ creation }) => {
    const options = argumentsOf(creation)[0];
    const members = options?.type === 'object' ? membersOf(options) : [];
    const limitOf = (name: string) =>
      millisecondsOf(members.find((one) => one.child('key')?.text === name)?.child('value') ?? null);
    const innerMs = limitOf('statement_timeout');
    const outerMs = limitOf('query_timeout');
    if (innerMs === null || outerMs === null || innerMs <= outerMs || outerMs === 0) return [];
    return [{ place: creation, what: 'A query', innerMs, outerMs }];
  });
}

function checkRace(call: LeanNode): LimitInversion[] {
  if (call.child('function')?.text !== 'Promise.race' || call.text.includes('.abort(')) return [];
  const calls: LeanNode[] = [];
  walk(call, (node) => {
    if (node.type === 'call_expression') calls.push(node);
    return true;
  });
  const limitOf = (name: string, place: number) => {
    const named = calls.filter((one) => one.child('function')?.text === name);
    const [only] = named;
    return named.length === 1 && only !== undefined ? millisecondsOf(argumentsOf(only)[place] ?? null) : null;
  };
  const innerMs = limitOf('AbortSignal.timeout', 0);
  const outerMs = limitOf('setTimeout', 1);
  if (innerMs === null || outerMs === null || innerMs <= outerMs) return [];
  return [{ place: call, what: 'The call in this race', innerMs, outerMs }];
}

/** Threads whose call outlasts the wait for it, and soft limits of Celery that the hard one comes before. */
export function findPythonInversions(source: SourceText): LimitInversion[] {
  const names = readPythonImports(source);
  const waits = source.nodes('call').flatMap((call) => {
    if (fullName(call.child('function'), names) !== 'asyncio.wait_for') return [];
    const [work, limit] = positionalOf(call);
    const outerMs = secondsOf(keywordOf(call, 'timeout')?.child('value') ?? limit ?? null);
    const isThread = fullName(work?.child('function') ?? null, names) === 'asyncio.to_thread';
    const innerMs =
      work !== undefined && isThread ? secondsOf(keywordOf(work, 'timeout')?.child('value') ?? null) : null;
    if (innerMs === null || outerMs === null || innerMs <= outerMs) return [];
    return [{ place: call, what: 'The thread', innerMs, outerMs }];
  });
  const tasks = source.nodes('call').flatMap((call) => {
    const soft = keywordOf(call, 'soft_time_limit') ?? keywordOf(call, 'task_soft_time_limit');
    const hard = keywordOf(call, 'time_limit') ?? keywordOf(call, 'task_time_limit');
    return compareCelery(call, soft?.child('value') ?? null, hard?.child('value') ?? null);
  });
  return [...waits, ...tasks, ...listSettings(source)];
}

function listSettings(source: SourceText): LimitInversion[] {
  const top = source.nodes('assignment').filter((one) => one.parent?.parent?.type === 'module');
  const find = (name: RegExp) => top.find((one) => name.test(one.child('left')?.text ?? ''));
  const soft = find(/^(CELERY(D|_TASK)_|task_)SOFT_TIME_LIMIT$/i);
  const hard = find(/^(CELERY(D_TASK|_TASK)_|task_)TIME_LIMIT$/i);
  if (soft === undefined || hard === undefined) return [];
  return compareCelery(soft, soft.child('right'), hard.child('right'));
}

function compareCelery(place: LeanNode, soft: LeanNode | null, hard: LeanNode | null): LimitInversion[] {
  const innerMs = secondsOf(soft);
  const outerMs = secondsOf(hard);
  if (innerMs === null || outerMs === null || innerMs < outerMs) return [];
  return [{ place, what: 'A task before its soft limit', innerMs, outerMs }];
}

/** Handlers that may answer 503 only after the server has ended the connection. */
export function findGoInversions(source: SourceText): LimitInversion[] {
  const http = importedAs(source, 'net/http');
  const servers = listLiterals(source, http, 'Server').flatMap((literal) => {
    const pair = membersOf(literal.child('body') ?? literal).find(
      (one) => one.child('key')?.text === 'WriteTimeout',
    );
    const outerMs = goMillisecondsOf(pair?.child('value') ?? null);
    return outerMs === null || outerMs === 0 ? [] : [outerMs];
  });
  const [outerMs] = servers;
  if (outerMs === undefined || servers.length > 1) return [];
  return source.nodes('call_expression').flatMap((call) => {
    const callee = call.child('function');
    if (callee?.child('field')?.text !== 'TimeoutHandler' || !http.has(callee.child('operand')?.text ?? ''))
      return [];
    const innerMs = goMillisecondsOf(argumentsOf(call)[1] ?? null);
    if (innerMs === null || innerMs < outerMs) return [];
    return [{ place: call, what: 'A handler before its 503', innerMs, outerMs }];
  });
}

/** A product of whole numbers, such as `30_000` and `5 * 60`; `null` for anything else. */
function productOf(text: string): number | null {
  const factors = text
    .replace(/_/g, '')
    .split('*')
    .map((part) => part.trim());
  return factors.every((part) => /^\d+(\.\d+)?$/.test(part))
    ? factors.reduce((product, part) => product * Number(part), 1)
    : null;
}

function millisecondsOf(value: LeanNode | null): number | null {
  return value === null ? null : productOf(value.text);
}

function secondsOf(value: LeanNode | null): number | null {
  const seconds = value === null ? null : productOf(value.text);
  return seconds === null ? null : seconds * 1_000;
}

const GO_UNITS: Readonly<Record<string, number>> = {
  Millisecond: 1,
  Second: 1_000,
  Minute: 60_000,
  Hour: 3_600_000,
};

/** `10 * time.Second` in either order, or `time.Minute`. */
function goMillisecondsOf(value: LeanNode | null): number | null {
  const unit = /\btime\.(\w+)/.exec(value?.text ?? '');
  const unitMs = GO_UNITS[unit?.[1] ?? ''];
  if (value === null || unit === null || unitMs === undefined) return null;
  const count = productOf(value.text.replace(unit[0], '1'));
  return count === null ? null : count * unitMs;
}
