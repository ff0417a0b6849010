import type { Sample } from '../../types-run.ts';
import { failsBy, isHit } from '../verdict/failure.ts';
import { drawGrid, drawSvg, drawTimes, n, scaleOf, xOf } from './axes.ts';
import { type ChartFrame, endOf, pickFaulted, shadeWindows } from './chart.ts';

const HEIGHT = 120;
const MAX_BINS = 40;
/** Bars of fewer requests than this tell nothing of a share. */
const PER_BIN = 4;

/** Requests over time as bars: below those that failed, where a fault acted and where none did, above the good. */
export function drawErrors(samples: readonly Sample[], frame: ChartFrame): string {
  const faulted = pickFaulted(samples);
  const isFailed = failsBy(frame.rule);
  const endMs = endOf(faulted, frame);
  const count = Math.min(MAX_BINS, Math.max(1, Math.floor(faulted.length / PER_BIN)));
  const bins = Array.from({ length: count }, () => ({ own: 0, hit: 0, good: 0 }));
  for (const sample of faulted) {
    const bin = bins[Math.min(count - 1, Math.max(0, Math.floor((sample.dueMs / endMs) * count)))];
    if (bin === undefined) continue;
    bin[isFailed(sample) ? (isHit(sample) ? 'hit' : 'own') : 'good'] += 1;
  }
  const scale = scaleOf(
    bins.map(({ own, hit, good }) => own + hit + good),
    HEIGHT,
  );
  const width = xOf(1 / count) - xOf(0) - 1;
  const bars = bins.flatMap(({ own, hit, good }, index) => {
    const x = n(xOf(index / count) + 0.5);
    const title = `<title>${own + hit} of ${own + hit + good} failed, a fault acted on ${hit} of these</title>`;
    const bar = (kind: string, from: number, requests: number) =>
      requests === 0
        ? []
        : [
            `<rect class="${kind}" x="${x}" y="${n(scale.y(from + requests))}" width="${n(width)}" height="${n(scale.y(from) - scale.y(from + requests))}">${title}</rect>`,
          ];
    return [...bar('failed', 0, own), ...bar('failed hit', own, hit), ...bar('good', own + hit, good)];
  });
  return drawSvg('Failed requests over time', HEIGHT, [
    ...shadeWindows(
      frame.windows.map((window) => ({ ...window, name: '' })),
      scale,
      endMs,
    ),
    ...drawGrid(scale, [0, 0.5, 1], (requests) => String(Math.round(requests * 10) / 10)),
    ...bars,
    ...drawTimes(scale, endMs),
  ]);
}
