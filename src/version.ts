import { readFileSync } from 'node:fs';
import { bundledFile } from './bundle.ts';

/** Version of the package, as package.json beside dist/ states it. */
export function readVersion(): string {
  const read: unknown = JSON.parse(readFileSync(bundledFile('../package.json'), 'utf8'));
  const version = typeof read === 'object' && read !== null && 'version' in read ? read.version : null;
  return typeof version === 'string' ? version : 'unknown';
}
