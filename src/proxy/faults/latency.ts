import { z } from 'zod';
import type { Random } from '../../random.ts';
import { defineFault, type FaultLink } from '../fault.ts';

const DISTRIBUTIONS = ['uniform', 'normal', 'pareto', 'pareto-normal'] as const;
const DEFAULT_MEAN_MS = 100;
/** A draw that is negative so often stands for no delay. */
const MAX_REDRAWS = 1_000;

const ms = z.number().min(0);
const keys = {
  distribution: z
    .enum(DISTRIBUTIONS)
    .optional()
    .describe('how delays are drawn; absent: what the keys given imply'),
  mean: ms.optional().describe('mean delay in ms (normal); default 100'),
  stddev: ms.optional().describe('standard deviation in ms (normal); default 0'),
  min: ms.optional().describe('least delay in ms (uniform); default 0'),
  max: ms.optional().describe('greatest delay in ms (uniform); default 2 × mean'),
  shape: z.number().positive().optional().describe('shape (pareto)'),
  scale: ms.optional().describe('scale in ms, the least delay (pareto)'),
  global: z.boolean().default(true).describe('true: once per exchange; false: every chunk'),
};

type Raw = z.output<z.ZodObject<typeof keys>>;
type Distribution = (typeof DISTRIBUTIONS)[number];

const params = z
  .strictObject(keys)
  .superRefine((raw, context) => {
    const distribution = raw.distribution ?? implied(raw);
    if (distribution.startsWith('pareto')) {
      for (const key of ['shape', 'scale'] as const) {
        if (raw[key] === undefined) {
          context.addIssue({ code: 'custom', path: [key], message: `${distribution} needs "${key}"` });
        }
      }
    }
    const { min, max } = range(raw);
    if (min > max) {
      context.addIssue({ code: 'custom', path: ['min'], message: `min ${min} is above max ${max}` });
    }
  })
  .transform((raw) => complete(raw));

export default defineFault({
  type: 'latency',
  summary: 'Delays the answer or the request, by a drawn time.',
  keys,
  mainKey: 'mean',
  params,
  written: ['mean'],
  readAheadBytes: 4 * 1024 * 1024,
  describe: (raw) => `delay ${describeDelay(raw)}${raw.global ? '' : ', every chunk'}`,
  start: (raw) => ({
    begin(link) {
      let drawn = false;
      return {
        pass(piece) {
          if (piece.kind === 'end' || (raw.global && drawn)) return piece.atMs;
          drawn = true;
          return piece.atMs + drawDelayMs(raw, link);
        },
      };
    },
  }),
});

/** Distribution that the keys given imply. */
function implied(raw: Raw): Distribution {
  const pareto = raw.shape !== undefined || raw.scale !== undefined;
  const normal = raw.mean !== undefined || raw.stddev !== undefined;
  if (pareto) return normal ? 'pareto-normal' : 'pareto';
  if (normal) return 'normal';
  return raw.min !== undefined || raw.max !== undefined ? 'uniform' : 'normal';
}

function complete(raw: Raw): Raw {
  const distribution = raw.distribution ?? implied(raw);
  const filled: Raw = { ...raw, distribution };
  if (distribution.endsWith('normal')) {
    return { ...filled, mean: raw.mean ?? DEFAULT_MEAN_MS, stddev: raw.stddev ?? 0 };
  }
  return distribution === 'uniform' ? { ...filled, ...range(raw) } : filled;
}

function range(raw: Raw): { readonly min: number; readonly max: number } {
  return { min: raw.min ?? 0, max: raw.max ?? Math.max(2 * (raw.mean ?? DEFAULT_MEAN_MS), raw.min ?? 0) };
}

function drawDelayMs(raw: Raw, link: FaultLink): number {
  for (let attempt = 0; attempt < MAX_REDRAWS; attempt += 1) {
    const delayMs = isFixed(raw) ? (raw.mean ?? DEFAULT_MEAN_MS) : drawOnce(raw, link.random);
    if (delayMs >= 0) return delayMs;
  }
  return 0;
}

/** Whether every delay is the same: no stream of random numbers is made for it, which costs more than the rest. */
function isFixed({ distribution, stddev = 0 }: Raw): boolean {
  return distribution === 'normal' && stddev === 0;
}

function drawOnce(raw: Raw, random: Random): number {
  const { mean = DEFAULT_MEAN_MS, stddev = 0, shape = 1, scale = 0 } = raw;
  switch (raw.distribution) {
    case 'uniform': {
      const { min, max } = range(raw);
      return random.between(min, max);
    }
    case 'pareto':
      return random.pareto(shape, scale);
    case 'pareto-normal':
      return random.normal(mean, stddev) + random.pareto(shape, scale);
    default:
      return random.normal(mean, stddev);
  }
}

function describeDelay(raw: Raw): string {
  const normal = `${raw.mean ?? DEFAULT_MEAN_MS} ms${raw.stddev ? ` ± ${raw.stddev} ms` : ''}`;
  const pareto = `Pareto from ${raw.scale ?? 0} ms, shape ${raw.shape ?? 1}`;
  if (raw.distribution === 'uniform') return `${range(raw).min} to ${range(raw).max} ms`;
  if (raw.distribution === 'pareto') return pareto;
  return raw.distribution === 'pareto-normal' ? `${normal} plus ${pareto}` : normal;
}
