import type { Sample, Window } from '../../types-run.ts';
import { formatDuration, showMs } from '../../units.ts';
import { type FailureRule, failsBy, isHit, isMeasured, responseTimeMs } from '../verdict/failure.ts';
import { maxOf, percentile, sortValues } from '../verdict/percentile.ts';
import {
  BOTTOM,
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
} from './axes.ts';
import { escapeXml } from './xml.ts';

const HEIGHT = 230;
/** More points than this add no ink, only bytes. */
const MAX_POINTS = 3_000;
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];
/** A limit this far above every answer would press the points flat. */
const NEAR = 3;
/** Narrower than this a period has no room for its name. */
const MIN_NAMED_WIDTH = 60;

/** A period of a fault, and what it is called. */
export interface NamedWindow extends Window {
  readonly name: string;
}

/** What the charts of an item show beside its requests. */
export interface ChartFrame {
  readonly windows: readonly NamedWindow[];
  /** Planned; requests may be due later. */
  readonly durationMs: number;
  /** Thresholds of latency SLOs. */
  readonly limitsMs: readonly number[];
  /** What counts as failed. */
  readonly rule: FailureRule;
}

/** Every request over time: height is its response time, shade the fault's periods, a cross one without answer. */
export function drawSamples(samples: readonly Sample[], frame: ChartFrame): string {
  const faulted = pickFaulted(samples);
  const isFailed = failsBy(frame.rule);
  const endMs = endOf(faulted, frame);
  const scale = scaleTimes(faulted.map(responseTimeMs), frame.limitsMs);
  const x = (ms: number) => xOf(ms / endMs);
  return drawSvg('Response time of every request over time', HEIGHT, [
    ...shadeWindows(frame.windows, scale, endMs),
    ...drawGrid(scale, QUARTERS, showTick),
    ...drawLimits(frame.limitsMs, scale),
    ...thin(faulted, isFailed).map((sample) => drawPoint(sample, isFailed(sample), x(sample.dueMs), scale)),
    ...drawTimes(scale, endMs),
  ]);
}

/** Response time by percentile, without faults against with them. */
export function drawPercentiles(samples: readonly Sample[], { limitsMs }: ChartFrame): string {
  const times = (phase: Sample['phase']) =>
    sortValues(samples.filter((sample) => sample.phase === phase && isMeasured(sample)).map(responseTimeMs));
  const [baseline, faulted] = [times('baseline'), times('faulted')];
  const scale = scaleTimes([...baseline, ...faulted], limitsMs);
  const line = (values: readonly number[], name: string) => {
    if (values.length < 2) return '';
    const points = Array.from({ length: 101 }, (_point, percent) => percent)
      .map((percent) => ({ percent, ms: percentile(values, percent) }))
      .filter(({ ms }) => Number.isFinite(ms))
      .map(({ percent, ms }) => `${n(xOf(percent / 100))},${n(scale.y(ms))}`);
    return `<polyline class="${name}" points="${points.join(' ')}"/>`;
  };
  return drawSvg('Response time by percentile', HEIGHT, [
    ...drawGrid(scale, QUARTERS, showTick),
    ...drawLimits(limitsMs, scale),
    line(baseline, 'curve baseline'),
    line(faulted, 'curve faulted'),
    ...[0, 25, 50, 75, 95].map((percent) => drawLabel(xOf(percent / 100), HEIGHT - 9, `p${percent}`)),
  ]);
}

/** The requests that a run's charts show. */
export function pickFaulted(samples: readonly Sample[]): readonly Sample[] {
  return samples.filter((sample) => sample.phase === 'faulted' && isMeasured(sample));
}

/** When the charts of an item end. */
export function endOf(faulted: readonly Sample[], { durationMs }: ChartFrame): number {
  return Math.max(durationMs, maxOf(faulted.map(({ dueMs }) => dueMs)) ?? 0, 1);
}

/** Shades the periods of the faults; their names stand in those that have room. */
export function shadeWindows(
  windows: readonly NamedWindow[],
  { height }: Scale,
  endMs: number,
): readonly string[] {
  return windows.map(({ startMs, endMs: until, name }) => {
    const [from, to] = [xOf(startMs / endMs), xOf(until / endMs)];
    const title = `${name}, ${formatDuration(startMs)} to ${until > endMs ? 'the end' : formatDuration(until)}`;
    const shade = `<rect class="window" x="${n(from)}" y="${TOP}" width="${n(to - from)}" height="${height - TOP - BOTTOM}"><title>${escapeXml(title)}</title></rect>`;
    const label = `<text class="tick" x="${n((from + to) / 2)}" y="${TOP + 12}" text-anchor="middle">${escapeXml(name)}</text>`;
    return to - from < MIN_NAMED_WIDTH ? shade : shade + label;
  });
}

function scaleTimes(times: readonly number[], limitsMs: readonly number[]): Scale {
  const highest = maxOf(times.filter(Number.isFinite)) ?? 1;
  return scaleOf([...times, ...limitsMs.filter((limit) => limit <= highest * NEAR)], HEIGHT);
}

function drawLimits(limitsMs: readonly number[], { top, y }: Scale): readonly string[] {
  return limitsMs
    .filter((limit) => limit <= top)
    .map((limit) => {
      const at = n(y(limit));
      return `<line class="limit" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"><title>limit ${showTick(limit)}</title></line>`;
    });
}

function drawPoint(sample: Sample, failed: boolean, x: number, { y }: Scale): string {
  const ms = responseTimeMs(sample);
  const kind = `${failed ? 'failed' : 'ok'}${isHit(sample) ? ' hit' : ''}`;
  const what = sample.status === null ? sample.outcome : String(sample.status);
  const title = `<title>${escapeXml(`${what}, ${showMs(sample.latencyMs)}, due at ${showMs(sample.dueMs)}`)}</title>`;
  if (ms === Number.POSITIVE_INFINITY)
    return `<path class="${kind}" d="M${n(x - 3)} ${TOP - 8}l6 6m0-6l-6 6">${title}</path>`;
  return `<circle class="${kind}" cx="${n(x)}" cy="${n(y(ms))}" r="2.6">${title}</circle>`;
}

function thin(samples: readonly Sample[], isFailed: (sample: Sample) => boolean): readonly Sample[] {
  const step = Math.ceil(samples.length / MAX_POINTS);
  // Failed ones are never left out.
  return step <= 1 ? samples : samples.filter((sample, index) => index % step === 0 || isFailed(sample));
}
