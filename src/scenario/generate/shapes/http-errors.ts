import { defineShape, loadOf, usualSlos } from '../shape.ts';

/** One answer in twenty is a 500. */
export default defineShape({
  id: 'http_errors',
  title: 'Random 500 errors (5% of calls)',
  description: 'Backend flakiness under load; ensures retry / circuit-breaker logic.',
  faults: [{ type: 'httperror', status_code: 500, probability: 0.05 }],
  strategy: loadOf(8_000, 5, 4),
  slos: usualSlos(),
  expects: { documented: false, responseTimeUnderMs: 100 },
});
