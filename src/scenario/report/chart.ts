import type { Sample, Window } from '../../types-run.ts';
import { showMs } from '../../units.ts';
import { type FailureRule, failsBy, isHit, responseTimeMs } from '../verdict/failure.ts';
import { maxOf, percentile, sortValues } from '../verdict/percentile.ts';
import { escapeXml } from './xml.ts';

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 58;
const RIGHT = 10;
const TOP = 14;
const BOTTOM = 28;
/** More points than this add no ink, only bytes. */
const MAX_POINTS = 3_000;

/** Every request over time: height is its response time, shade the fault's windows, a cross one without answer. */
export function drawSamples(
  samples: readonly Sample[],
  windows: readonly Window[],
  durationMs: number,
  rule: FailureRule = {},
): string {
  const isFailed = failsBy(rule);
  const sent = samples.filter(({ phase, outcome }) => phase === 'faulted' && outcome !== 'aborted');
  const faulted = thin(sent, isFailed);
  const endMs = Math.max(durationMs, maxOf(faulted.map(({ dueMs }) => dueMs)) ?? 0, 1);
  const top = scaleTop(faulted.map(responseTimeMs));
  const x = (ms: number) => LEFT + (Math.min(Math.max(ms, 0), endMs) / endMs) * (WIDTH - LEFT - RIGHT);
  const shades = windows.map(({ startMs, endMs: end }) => {
    const from = x(startMs);
    return `<rect class="window" x="${n(from)}" y="${TOP}" width="${n(x(end) - from)}" height="${HEIGHT - TOP - BOTTOM}"/>`;
  });
  const points = faulted.map((sample) => drawPoint(sample, isFailed(sample), x(sample.dueMs), yOf(top)));
  return svg('Response time of every request over time', [
    ...shades,
    ...drawFrame(top),
    ...points,
    ...timeLabels(endMs, x),
  ]);
}

/** Response time by percentile, without faults against with them. */
export function drawPercentiles(samples: readonly Sample[]): string {
  const times = (phase: Sample['phase']) =>
    sortValues(
      samples.filter((sample) => sample.phase === phase && sample.outcome !== 'aborted').map(responseTimeMs),
    );
  const [baseline, faulted] = [times('baseline'), times('faulted')];
  const top = scaleTop([...baseline, ...faulted]);
  const x = (percent: number) => LEFT + (percent / 100) * (WIDTH - LEFT - RIGHT);
  const line = (values: readonly number[], name: string) => {
    if (values.length < 2) return '';
    const points = Array.from({ length: 101 }, (_point, percent) => percent)
      .map((percent) => ({ percent, ms: percentile(values, percent) }))
      .filter(({ ms }) => Number.isFinite(ms))
      .map(({ percent, ms }) => `${n(x(percent))},${n(yOf(top)(ms))}`);
    return `<polyline class="${name}" points="${points.join(' ')}"/>`;
  };
  const labels = [0, 25, 50, 75, 95].map((percent) => label(x(percent), HEIGHT - 10, `p${percent}`));
  return svg('Response time by percentile', [
    ...drawFrame(top),
    line(baseline, 'curve baseline'),
    line(faulted, 'curve faulted'),
    ...labels,
  ]);
}

function drawPoint(sample: Sample, failed: boolean, x: number, y: (ms: number) => number): string {
  const ms = responseTimeMs(sample);
  const kind = `${failed ? 'failed' : 'ok'}${isHit(sample) ? ' hit' : ''}`;
  const what = sample.status === null ? sample.outcome : String(sample.status);
  const title = `<title>${escapeXml(`${what}, ${showMs(sample.latencyMs)}, due at ${showMs(sample.dueMs)}`)}</title>`;
  if (ms === Number.POSITIVE_INFINITY) {
    const at = n(x);
    return `<path class="${kind}" d="M${at} ${TOP - 4}l6 6m0-6l-6 6">${title}</path>`;
  }
  return `<circle class="${kind}" cx="${n(x)}" cy="${n(y(ms))}" r="2.6">${title}</circle>`;
}

function drawFrame(top: number): string[] {
  const y = yOf(top);
  return [0, 0.25, 0.5, 0.75, 1].flatMap((share) => {
    const at = n(y(top * share));
    return [
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>`,
      `<text class="tick" x="${LEFT - 6}" y="${at}" dy="4" text-anchor="end">${showMs(top * share)}</text>`,
    ];
  });
}

function timeLabels(endMs: number, x: (ms: number) => number): string[] {
  return [0, 0.25, 0.5, 0.75, 1].map((share) =>
    label(x(endMs * share), HEIGHT - 10, `${((endMs * share) / 1_000).toFixed(1)} s`),
  );
}

function label(x: number, y: number, text: string): string {
  const anchor = x > WIDTH - 40 ? 'end' : x <= LEFT ? 'start' : 'middle';
  return `<text class="tick" x="${n(x)}" y="${y}" text-anchor="${anchor}">${text}</text>`;
}

function yOf(top: number): (ms: number) => number {
  return (ms) => HEIGHT - BOTTOM - (Math.min(ms, top) / top) * (HEIGHT - TOP - BOTTOM);
}

/** The next round number above the highest answer. */
function scaleTop(values: readonly number[]): number {
  const highest = values.reduce((max, value) => (Number.isFinite(value) && value > max ? value : max), 1);
  const power = 10 ** Math.floor(Math.log10(highest));
  const step = [1, 2, 4, 5, 8, 10].find((each) => each * power >= highest) ?? 10;
  return step * power;
}

function thin(samples: readonly Sample[], isFailed: (sample: Sample) => boolean): readonly Sample[] {
  const step = Math.ceil(samples.length / MAX_POINTS);
  // Failed ones are never left out.
  return step <= 1 ? samples : samples.filter((sample, index) => index % step === 0 || isFailed(sample));
}

function svg(title: string, parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${title}">${parts.join('')}</svg>`;
}

function n(value: number): string {
  return value.toFixed(1);
}
