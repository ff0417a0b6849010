import type { LookupFunction } from 'node:net';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { type DialFailure, dial } from '../../src/proxy/dial.ts';
import { explainFailure } from '../../src/proxy/dial-failure.ts';
import { createTimeline } from '../../src/proxy/timeline.ts';

/** What is said of an upstream whose connecting fails with an error of the system. */
function failWith(code: string): Promise<DialFailure> {
  const lookup: LookupFunction = (_name, _options, callback) =>
    callback(Object.assign(new Error('as the system says'), { code }), '');
  const reach = { tls: undefined, guard: () => ({ refusal: null, lookup }) };
  return new Promise((resolve, reject) => {
    dial({ protocol: 'tcp', host: 'db.test', port: 1 }, reach, createTimeline(systemClock), {
      onread: { buffer: Buffer.alloc(1), callback: () => true },
      open: () => reject(new Error('it was reached')),
      fail: resolve,
    });
  });
}

test.each([
  ['ECONNREFUSED', 'upstream_refused', 'refused the connection'],
  ['ETIMEDOUT', 'upstream_timeout', 'did not accept a connection in time'],
  ['ENOTFOUND', 'upstream_error', 'could not be resolved'],
  ['ECONNRESET', 'upstream_reset', 'reset the connection'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'upstream_error', 'targets.tls.ca of breakwater.yaml'],
  ['EHOSTUNREACH', 'upstream_error', 'could not be reached'],
  // No fault of the upstream's: the proxy has no socket left to reach it.
  ['EMFILE', 'upstream_error', 'the proxy itself may open no more sockets'],
])('%s is %s, and said in words', async (code, outcome, words) => {
  const failure = await failWith(code);
  expect(failure.outcome).toBe(outcome);
  expect(explainFailure(failure.reason)).toContain(words);
});
