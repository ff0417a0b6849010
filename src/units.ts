import { AppError } from './errors.ts';

const MS_PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Reads a time such as `250ms`, `10s`, `1.5m` or `2h` as ms; a bare number is seconds.
 *
 * @throws AppError BAD_INPUT with the text that was seen.
 */
export function parseDurationMs(text: string | number): number {
  const match = /^\s*(\d+(?:\.\d+)?)\s*(ms|s|m|h)?\s*$/.exec(String(text));
  const factor = match === null ? undefined : MS_PER_UNIT[match[2] ?? 's'];
  if (match === null || factor === undefined) {
    throw new AppError('BAD_INPUT', `Expected a time such as 250ms, 10s, 5m or 1h, got ${quote(text)}.`);
  }
  // 4134.1 × 1000 is 4134100.0000000005 in binary; fifteen digits are what a double holds exactly.
  return Number((Number(match[1]) * factor).toPrecision(15));
}

/** Writes ms as the shortest exact text that `parseDurationMs` reads back: `250ms`, `10s`, `1.5s`, `2m`. */
export function formatDuration(ms: number): string {
  if (ms >= 3_600_000 && ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000}m`;
  if (ms >= 1_000 && ms % 100 === 0) return `${ms / 1_000}s`;
  return `${ms}ms`;
}

/** ms for people: `0.4 ms`, `12.3 ms`, `1,204 ms`, `–` for what is not known. */
export function showMs(ms: number | null): string {
  if (ms === null || Number.isNaN(ms)) return '–';
  if (ms === Number.POSITIVE_INFINITY) return '∞';
  return `${groupThousands(Math.abs(ms) >= 1_000 ? ms.toFixed(0) : ms.toFixed(1))} ms`;
}

/** A share of 0 to 1 for people: `6.5 %`. */
export function showPercent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** A number of bytes for people, in powers of 1000. */
export function showBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1_000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `text` in quotes, shortened to `limit` characters, for use in a message. */
export function quote(text: unknown, limit = 60): string {
  const whole = typeof text === 'string' ? text : String(JSON.stringify(text));
  return `"${whole.length > limit ? `${whole.slice(0, limit - 1)}…` : whole}"`;
}

function groupThousands(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
