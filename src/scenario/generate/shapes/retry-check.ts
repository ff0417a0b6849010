import { defineShape } from '../shape.ts';

/** The first request to a dependency breaks before it arrives, the next one works: a retry hides it from the caller. */
export default defineShape({
  id: 'retry_check',
  scope: 'dependency',
  title: 'One retry at dependency {dependency}',
  description:
    'The first request to {dependency} is reset before it arrives and every later one passes; a service that tries once more answers as if nothing had been.',
  timeoutMs: 10_000,
  byNameOnly: true,
  faults: [{ type: 'fail_first', count: 1, fault: { type: 'reset', direction: 'egress', after_bytes: 0 } }],
  expects: { responseTimeUnderMs: 5_000 },
});
