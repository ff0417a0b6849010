/** Width of a chart in its own units: about that in pixels on a laptop, so that its text is read as it is written. */
export const WIDTH = 520;
export const LEFT = 58;
export const RIGHT = 12;
export const TOP = 16;
export const BOTTOM = 28;

/** Where values lie on a chart of a given height. */
export interface Scale {
  readonly height: number;
  /** Value at the upper edge. */
  readonly top: number;
  readonly y: (value: number) => number;
}

/** A scale from 0 to the next round number above the highest of `values`. */
export function scaleOf(values: readonly number[], height: number): Scale {
  const highest = values.reduce((max, value) => (Number.isFinite(value) && value > max ? value : max), 1);
  const power = 10 ** Math.floor(Math.log10(highest));
  const step = [1, 2, 4, 5, 8, 10].find((each) => each * power >= highest) ?? 10;
  const top = step * power;
  const room = height - TOP - BOTTOM;
  return { height, top, y: (value) => height - BOTTOM - (Math.min(Math.max(value, 0), top) / top) * room };
}

/** Place of a share of the width. */
export function xOf(share: number): number {
  return LEFT + Math.min(Math.max(share, 0), 1) * (WIDTH - LEFT - RIGHT);
}

/** Lines across the chart, with what they stand for. */
export function drawGrid(
  { top, y }: Scale,
  shares: readonly number[],
  show: (value: number) => string,
): string[] {
  return shares.flatMap((share) => {
    const at = n(y(top * share));
    return [
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>`,
      `<text class="tick" x="${LEFT - 6}" y="${at}" dy="4" text-anchor="end">${show(top * share)}</text>`,
    ];
  });
}

/** Times below the chart, from 0 to `endMs`. */
export function drawTimes({ height }: Scale, endMs: number): string[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) =>
    drawLabel(xOf(share), height - 9, `${((endMs * share) / 1_000).toFixed(endMs < 20_000 ? 1 : 0)} s`),
  );
}

/** A word centred at `x`, or beside it at the edges of the chart. */
export function drawLabel(x: number, y: number, text: string): string {
  const anchor = x > WIDTH - 40 ? 'end' : x <= LEFT ? 'start' : 'middle';
  return `<text class="tick" x="${n(x)}" y="${y}" text-anchor="${anchor}">${text}</text>`;
}

/** `250 ms`, `1.5 s`: as short as an axis needs. */
export function showTick(ms: number): string {
  const text = (value: number) => String(Math.round(value * 100) / 100);
  return ms >= 1_000 ? `${text(ms / 1_000)} s` : `${text(ms)} ms`;
}

/** A chart with a name for those who do not see it. */
export function drawSvg(title: string, height: number, parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">${parts.join('')}</svg>`;
}

/** A coordinate. */
export function n(value: number): string {
  return value.toFixed(1);
}
