import { MASK } from '../policy.ts';
import type { RunSink } from './run/run.ts';

/** Shorter values would be found in ordinary words. */
const MIN_LENGTH = 4;

/** Gives a function that masks `secrets` in every text of a value, however deep, and keeps its shape. */
export function hideSecrets(secrets: readonly string[]): <T>(value: T) => T {
  // The longest first, so that one that holds another is not left in part.
  const wanted = secrets
    .filter((secret) => secret.length >= MIN_LENGTH)
    .toSorted((left, right) => right.length - left.length);
  if (wanted.length === 0) return (value) => value;
  const hide = (value: unknown): unknown => {
    if (typeof value === 'string') {
      return wanted.reduce((text, secret) => text.replaceAll(secret, MASK), value);
    }
    if (Array.isArray(value)) return value.map(hide);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, hide(child)]));
  };
  // Checked border: texts stay texts and nothing else changes.
  return <T>(value: T) => hide(value) as T;
}

/** A place to keep a run in which nothing that arrives holds one of `secrets`. */
export function hidingSink(sink: RunSink, secrets: readonly string[]): RunSink {
  const hide = hideSecrets(secrets);
  return {
    saveRun: (run) => sink.saveRun(hide(run)),
    appendSamples: (samples) => sink.appendSamples(hide(samples)),
    appendLedger: (itemId, entries) => sink.appendLedger(itemId, hide(entries)),
    saveResults: (results) => sink.saveResults(hide(results)),
  };
}
