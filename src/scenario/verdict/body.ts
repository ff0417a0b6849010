import type { Expectation } from '../../types.ts';
import type { ExpectationResult, Sample, VerdictReason } from '../../types-run.ts';
import { causeOf, type FailureContext } from './failure.ts';

export interface JudgedBodies {
  readonly results: readonly ExpectationResult[];
  /** The first answer that does not fit; that fails the item in every mode. */
  readonly failing: readonly VerdictReason[];
  /** Why it is not known whether the answers fit. */
  readonly open: readonly VerdictReason[];
}

const NOTHING: JudgedBodies = { results: [], failing: [], open: [] };
const NO_SCHEMA: VerdictReason = {
  message: 'body_matches_schema has no schema to check by',
  cause: null,
  remedy:
    'Name the document (config.spec, or spec in breakwater.yaml) and the operation (meta.operation_id), or write the schema as expect.body_schema.',
};

/** Judges the bodies of successful answers by the schema that they have to match, under load too. */
export function judgeBodies(
  { bodyMatchesSchema, bodySchema }: Expectation,
  measured: readonly Sample[],
  context: FailureContext,
): JudgedBodies {
  if (!bodyMatchesSchema) return NOTHING;
  const expected = 'a body that matches the schema';
  if (bodySchema === undefined) {
    return { results: [{ expected, met: 0, calls: 0, judged: true }], failing: [], open: [NO_SCHEMA] };
  }
  const isFaulted = ({ phase }: Sample) => phase === 'faulted';
  const faulted = measured.filter((sample) => isFaulted(sample) && sample.bodyCheck !== undefined);
  const misfits = faulted.filter((sample) => sample.bodyCheck?.fits === false);
  const unknown = faulted.filter((sample) => sample.bodyCheck?.fits === null);
  const results = [
    {
      expected,
      met: faulted.length - misfits.length - unknown.length,
      calls: faulted.length,
      judged: true,
    },
  ];
  // What fails without a fault is the target's own, whatever was injected besides.
  const before = measured.some((sample) => !isFaulted(sample) && sample.bodyCheck?.fits === false);
  // A misfit of the target's own says more than one that was injected.
  const worst = misfits.find((sample) => causeOf(sample, context) === 'target') ?? misfits[0];
  if (worst !== undefined) {
    const share = faulted.length === 1 ? '' : ` (${misfits.length} of ${faulted.length} answers)`;
    const message = `the body does not match the schema: ${worst.bodyCheck?.why ?? ''}${share}${before ? ', also without any fault' : ''}`;
    return {
      results,
      failing: [{ message, cause: before ? 'target' : causeOf(worst, context), remedy: null }],
      open: [],
    };
  }
  const [first] = unknown;
  if (first !== undefined) return { results, failing: [], open: [unchecked(first.bodyCheck?.why ?? '')] };
  return faulted.length === 0
    ? { results, failing: [], open: [NO_ANSWER] }
    : { results, failing: [], open: [] };
}

const NO_ANSWER: VerdictReason = {
  message: 'no successful answer had a body to check against the schema',
  cause: null,
  remedy: 'Look at what it answers, or leave body_matches_schema out.',
};

function unchecked(why: string): VerdictReason {
  return {
    message: `the body was not checked against the schema: ${why}`,
    cause: null,
    remedy: 'Only plain JSON of up to 1 MB is checked; leave body_matches_schema out to judge the rest.',
  };
}
