import { MASK } from '../secret-forms.ts';
import { mapTexts } from '../texts.ts';
import type { RunSink } from './run/run.ts';

/** Shorter values would be found in ordinary words. */
const MIN_LENGTH = 4;

/**
 * Gives a function that masks `secrets` in every text of a value, however deep, and keeps its shape; also the
 * beginning of one at the end of a text that was cut there.
 */
export function hideSecrets(secrets: readonly string[]): <T>(value: T) => T {
  // The longest first, so that one that holds another is not left in part.
  const wanted = secrets
    .filter((secret) => secret.length >= MIN_LENGTH)
    .toSorted((left, right) => right.length - left.length);
  if (wanted.length === 0) return (value) => value;
  const hide = (text: string) =>
    wanted.reduce((shown, secret) => hideBeginning(shown.replaceAll(secret, MASK), secret), text);
  return (value) => mapTexts(value, hide);
}

function hideBeginning(text: string, secret: string): string {
  for (let length = Math.min(secret.length - 1, text.length); length >= MIN_LENGTH; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return `${text.slice(0, -length)}${MASK}`;
  }
  return text;
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
