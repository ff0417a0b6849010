import { redact } from '../policy.ts';
import type { StringMap } from '../types.ts';

/** Shorter values are too likely to stand in a line by chance. */
const MIN_SECRET_CHARACTERS = 6;

/** Gives the values in `env` that must not be shown: those under a telling name, and passwords in URLs. */
export function listSecrets(env: StringMap): string[] {
  return Object.entries(env)
    .flatMap(([name, value]) => (isSecret(name, value) ? [value, ...passwordOf(value)] : passwordOf(value)))
    .filter((value) => value.length >= MIN_SECRET_CHARACTERS)
    .toSorted((a, b) => b.length - a.length);
}

/** Whether the value of a variable looks like a secret, by the variable's name or the value's form. */
export function isSecret(name: string, value: string): boolean {
  const line = `${name}=${value}`;
  return value !== '' && redact(line) !== line && passwordOf(value).length === 0;
}

function passwordOf(value: string): string[] {
  if (!URL.canParse(value)) return [];
  const { password } = new URL(value);
  return password === '' ? [] : [password, decodeURIComponent(password)];
}
