import { AppError } from '../errors.ts';
import type { Period, PeriodBound } from '../types-fault.ts';
import type { Window } from '../types-run.ts';
import { formatDuration, parseDurationMs, quote } from '../units.ts';

/** Active all the time. */
export const ALWAYS: readonly Window[] = [{ startMs: 0, endMs: Number.POSITIVE_INFINITY }];

const HINT = 'Write start:T,duration:D with T and D such as 10%, 500ms, 4s or 1m; several periods by ";".';

interface Part {
  readonly key: 'start' | 'duration';
  readonly bound: PeriodBound;
}

/**
 * Reads `start:T,duration:D`, several separated by `;`. An open `start:…` followed by a lone `duration:…` is
 * one period: that slip stands in the guides of `fault`.
 *
 * @throws AppError BAD_INPUT with the position, from 1, of what does not fit.
 */
export function parsePeriods(text: string): readonly Period[] {
  const groups = splitAt(text, ';', 0).filter(({ text: group }) => group.trim() !== '');
  if (groups.length === 0) throw misfit(text, 0, 'a period is empty');
  const periods: Period[] = [];
  for (const group of groups) {
    const period = readGroup(text, group);
    const open = periods.at(-1);
    if (period.start === null && open !== undefined && open.duration === null && period.duration !== null) {
      periods[periods.length - 1] = { start: open.start, duration: period.duration };
    } else periods.push({ start: period.start ?? { ms: 0 }, duration: period.duration });
  }
  return periods;
}

/** Writes periods as `parsePeriods` reads them. */
export function formatPeriods(periods: readonly Period[]): string {
  return periods
    .map(({ start, duration }) =>
      duration === null
        ? `start:${formatBound(start)}`
        : `start:${formatBound(start)},duration:${formatBound(duration)}`,
    )
    .join(';');
}

/**
 * Gives the spans of time in which periods are active, for an item that lasts `durationMs`. Without periods it
 * is one window without an end. Where nothing is known that a percentage could refer to (`durationMs` null),
 * a period with a percentage is active all the time.
 */
export function resolveWindows(periods: readonly Period[], durationMs: number | null): readonly Window[] {
  if (periods.length === 0) return ALWAYS;
  return periods.map(({ start, duration }) => {
    const startMs = toMs(start, durationMs);
    const lengthMs = duration === null ? Number.POSITIVE_INFINITY : toMs(duration, durationMs);
    if (startMs === null || lengthMs === null) return { startMs: 0, endMs: Number.POSITIVE_INFINITY };
    return { startMs, endMs: startMs + lengthMs };
  });
}

/** End of the window that is open at `ms` since the item began; `null` when none is. */
export function openWindowEndMs(windows: readonly Window[], ms: number): number | null {
  let endMs: number | null = null;
  for (const window of windows) {
    if (ms >= window.startMs && ms < window.endMs) endMs = Math.max(endMs ?? 0, window.endMs);
  }
  return endMs;
}

function readGroup(
  text: string,
  group: { readonly text: string; readonly at: number },
): { readonly start: PeriodBound | null; readonly duration: PeriodBound | null } {
  const found: { start: PeriodBound | null; duration: PeriodBound | null } = { start: null, duration: null };
  for (const piece of splitAt(group.text, ',', group.at)) {
    const part = readPart(text, piece.text, piece.at);
    if (found[part.key] !== null) throw misfit(text, piece.at, `"${part.key}" stands twice in one period`);
    found[part.key] = part.bound;
  }
  return found;
}

function readPart(text: string, part: string, at: number): Part {
  const match = /^(\s*)(start|duration)\s*:\s*(\S.*?)?\s*$/.exec(part);
  const key = match?.[2];
  if (match === null || (key !== 'start' && key !== 'duration')) {
    throw misfit(
      text,
      at + leadingSpaces(part),
      `expected "start:" or "duration:", got ${quote(part.trim())}`,
    );
  }
  const value = match[3] ?? '';
  const valueAt = value === '' ? at + part.length : at + part.indexOf(value, part.indexOf(':'));
  return { key, bound: readBound(text, value, valueAt) };
}

function readBound(text: string, value: string, at: number): PeriodBound {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(value);
  if (percent !== null) {
    const share = Number(percent[1]);
    if (share > 100) throw misfit(text, at, `expected at most 100%, got ${quote(value)}`);
    return { percent: share };
  }
  try {
    return { ms: parseDurationMs(value) };
  } catch (error) {
    throw misfit(text, at, `expected a percentage or a time, got ${quote(value)}`, error);
  }
}

function misfit(text: string, at: number, what: string, cause?: unknown): AppError {
  return new AppError('BAD_INPUT', `Period ${quote(text)}, position ${at + 1}: ${what}.`, {
    hint: HINT,
    details: { position: at + 1 },
    cause,
  });
}

function splitAt(text: string, separator: string, offset: number): { text: string; at: number }[] {
  let at = offset;
  return text.split(separator).map((part) => {
    const piece = { text: part, at };
    at += part.length + separator.length;
    return piece;
  });
}

function leadingSpaces(text: string): number {
  return text.length - text.trimStart().length;
}

function toMs(bound: PeriodBound, durationMs: number | null): number | null {
  if ('ms' in bound) return bound.ms;
  return durationMs === null ? null : (bound.percent / 100) * durationMs;
}

function formatBound(bound: PeriodBound): string {
  return 'ms' in bound ? formatDuration(bound.ms) : `${bound.percent}%`;
}
