import type { DrillResult, TimelineWindow } from '../../../types-drill.ts';
import { showMs } from '../../../units.ts';
import {
  drawGrid,
  drawLabel,
  drawSvg,
  drawTimes,
  LEFT,
  n,
  RIGHT,
  type Scale,
  scaleOf,
  showTick,
  TOP,
  WIDTH,
  xOf,
} from '../../report/axes.ts';
import { shadeWindows } from '../../report/chart.ts';
import { escapeXml } from '../../report/xml.ts';
import { showSeconds } from '../judge/figures.ts';
import { isWell } from '../judge/seen-health.ts';

const HEIGHT = 220;
const LOW = 130;
/** The strip of health states below the bars. */
const STRIP = 7;
/** More bins than this are narrower than a line. */
const MAX_BINS = 150;
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** Colours of the lines of dependencies, in turns; classes of the style sheet. */
export const LINES = ['first', 'second', 'third'] as const;

/** p95 of each window, with the failure shaded, the limit of recovery and its moment; a cross: no answer at all. */
export function drawLatency(result: DrillResult): string {
  const { endMs, recovery } = result;
  const bins = mergeWindows(result.timeline);
  const limitMs = recovery?.p95LimitMs ?? null;
  const finite = bins.flatMap(({ p95Ms }) => (p95Ms !== null && Number.isFinite(p95Ms) ? [p95Ms] : []));
  const scale = scaleOf([...finite, ...(limitMs === null ? [] : [limitMs])], HEIGHT);
  const x = (ms: number) => xOf(ms / endMs);
  const middle = ({ startMs, endMs: until }: Bin) => x((startMs + until) / 2);
  const crosses = bins
    .filter(({ p95Ms }) => p95Ms === Number.POSITIVE_INFINITY)
    .map((bin) => `<path d="M${n(middle(bin) - 3)} ${TOP - 9}l6 6m0-6l-6 6">${titleOf(bin)}</path>`);
  const points = bins.flatMap((bin) =>
    bin.p95Ms !== null && Number.isFinite(bin.p95Ms)
      ? [`<circle cx="${n(middle(bin))}" cy="${n(scale.y(bin.p95Ms))}" r="2.2">${titleOf(bin)}</circle>`]
      : [],
  );
  return drawSvg('p95 of the response time over the drill', HEIGHT, [
    ...shadeFailure(result, scale, 'failure'),
    ...drawGrid(scale, QUARTERS, showTick),
    ...(limitMs === null ? [] : [drawLimit(limitMs, scale)]),
    ...joinPoints(bins.map((bin) => [middle(bin), bin.p95Ms] as const)).map(
      (line) =>
        `<polyline class="curve first" points="${line.map(([at, ms]) => `${n(at)},${n(scale.y(ms))}`).join(' ')}"/>`,
    ),
    ...points,
    ...crosses,
    ...markRecovery(result, scale),
    ...drawTimes(scale, endMs),
  ]);
}

/** Share of failed requests in each window, and below it what the health endpoint said. */
export function drawFailures(result: DrillResult): string {
  const { endMs, health } = result;
  const bins = mergeWindows(result.timeline).filter(({ requests }) => requests > 0);
  const scale = { ...scaleOf([1], LOW), top: 1 };
  const bars = bins
    .filter(({ failed }) => failed > 0)
    .map((bin) => {
      const [from, to] = [xOf(bin.startMs / endMs), xOf(bin.endMs / endMs)];
      const top = scale.y(bin.failed / bin.requests);
      return `<rect class="failed" x="${n(from)}" y="${n(top)}" width="${n(Math.max(1, to - from - 0.5))}" height="${n(scale.y(0) - top)}">${titleOf(bin)}</rect>`;
    });
  const states = health.map((point, index) => {
    const from = xOf(point.atMs / endMs);
    const to = xOf(Math.min(endMs, health[index + 1]?.atMs ?? endMs) / endMs);
    const state = isWell(point) ? 'up' : point.status === null ? 'gone' : 'down';
    const said = point.status === null ? 'no answer' : String(point.status);
    return `<rect class="${state}" x="${n(from)}" y="${n(scale.y(0) + 1)}" width="${n(Math.max(0, to - from))}" height="${STRIP}"><title>health at ${showSeconds(point.atMs)}: ${said}</title></rect>`;
  });
  return drawSvg('Share of failed requests and health over the drill', LOW, [
    ...shadeFailure(result, scale, ''),
    ...drawGrid(scale, [0, 0.5, 1], (share) => `${Math.round(share * 100)} %`),
    ...bars,
    ...states,
    ...markRecovery(result, scale, false),
    ...drawTimes(scale, endMs),
  ]);
}

/** Open connections to each dependency, and requests that wait for their answer. */
export function drawConnections(result: DrillResult): string {
  const { endMs, dependencies, timeline } = result;
  const waiting = timeline.map(({ startMs, inFlight }) => [startMs, inFlight] as const);
  const open = dependencies.map(({ traffic }) =>
    traffic.map(({ atMs, openConnections }) => [atMs, openConnections] as const),
  );
  const scale = scaleOf(
    [...waiting, ...open.flat()].map(([, count]) => count),
    LOW,
  );
  const step = (points: readonly (readonly [number, number])[], name: string) => {
    const line = points.flatMap(([atMs, count], index) => {
      const before = points[index - 1]?.[1];
      const at = n(xOf(atMs / endMs));
      return [...(before === undefined ? [] : [`${at},${n(scale.y(before))}`]), `${at},${n(scale.y(count))}`];
    });
    return points.length === 0 ? '' : `<polyline class="curve ${name}" points="${line.join(' ')}"/>`;
  };
  return drawSvg('Open connections and waiting requests over the drill', LOW, [
    ...shadeFailure(result, scale, ''),
    ...drawGrid(scale, [0, 0.5, 1], (count) => String(Math.round(count * 10) / 10)),
    step(waiting, 'waiting'),
    ...open.map((points, index) => step(points, LINES[index % LINES.length] ?? 'first')),
    ...markRecovery(result, scale, false),
    ...drawTimes(scale, endMs),
  ]);
}

interface Bin extends TimelineWindow {
  readonly endMs: number;
}

/** Merges windows that would be drawn on the same spot: counts add up, of p95 the highest stays. */
function mergeWindows(windows: readonly TimelineWindow[]): readonly Bin[] {
  const each = Math.max(1, Math.ceil(windows.length / MAX_BINS));
  const lengthMs = (windows[1]?.startMs ?? 0) - (windows[0]?.startMs ?? 0);
  return Array.from({ length: Math.ceil(windows.length / each) }, (_bin, index) => {
    const own = windows.slice(index * each, (index + 1) * each);
    const times = own.flatMap(({ p95Ms }) => (p95Ms === null ? [] : [p95Ms]));
    const sum = (pick: (window: TimelineWindow) => number) =>
      own.reduce((total, window) => total + pick(window), 0);
    const startMs = own[0]?.startMs ?? 0;
    return {
      startMs,
      endMs: startMs + own.length * lengthMs,
      requests: sum(({ requests }) => requests),
      failed: sum(({ failed }) => failed),
      p95Ms: times.length === 0 ? null : Math.max(...times),
      inFlight: Math.max(...own.map(({ inFlight }) => inFlight)),
    };
  });
}

/** Cuts a line where there is no value. */
function joinPoints(
  points: readonly (readonly [number, number | null])[],
): readonly (readonly (readonly [number, number])[])[] {
  const lines: (readonly [number, number])[][] = [[]];
  for (const [at, value] of points) {
    if (value !== null && Number.isFinite(value)) lines.at(-1)?.push([at, value]);
    else if (value !== null) lines.push([]);
  }
  return lines.filter((line) => line.length > 1);
}

function shadeFailure(
  { failureAtMs, failureEndMs, endMs }: DrillResult,
  scale: Scale,
  name: string,
): readonly string[] {
  if (failureAtMs === null) return [];
  const until = failureEndMs ?? endMs;
  if (until === failureAtMs) {
    const at = n(xOf(failureAtMs / endMs));
    return [`<line class="limit" x1="${at}" x2="${at}" y1="${TOP}" y2="${n(scale.y(0))}"/>`];
  }
  return shadeWindows([{ startMs: failureAtMs, endMs: until, name }], scale, endMs);
}

function markRecovery({ recovery, endMs }: DrillResult, scale: Scale, named = true): readonly string[] {
  if (recovery === null || recovery.recoveredAfterMs === null) return [];
  const at = xOf((recovery.fromMs + recovery.recoveredAfterMs) / endMs);
  const line = `<line class="recovered" x1="${n(at)}" x2="${n(at)}" y1="${TOP}" y2="${n(scale.y(0))}"/>`;
  const text = `recovered after ${showSeconds(recovery.recoveredAfterMs)}`;
  return named ? [line, drawLabel(Math.min(at, WIDTH - 70), TOP - 4, text)] : [line];
}

function drawLimit(limitMs: number, { y }: Scale): string {
  const at = n(y(limitMs));
  return `<line class="limit" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"><title>well up to ${showTick(limitMs)}</title></line>`;
}

function titleOf({ startMs, requests, failed, p95Ms }: Bin): string {
  return `<title>${escapeXml(`${showSeconds(startMs)}: ${failed} of ${requests} failed, p95 ${showMs(p95Ms)}`)}</title>`;
}
