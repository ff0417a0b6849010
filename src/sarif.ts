import { readVersion } from './version.ts';

export type SarifLevel = 'error' | 'warning' | 'note';

export interface SarifParts {
  /** Names the log among those of other runs and tools, e.g. `breakwater/run_1`. */
  readonly id: string;
  readonly rules: readonly object[];
  readonly results: readonly object[];
}

/** Writes one run of Breakwater as SARIF 2.1.0 (OASIS). */
export function writeSarif({ id, rules, results }: SarifParts): string {
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Breakwater', semanticVersion: readVersion(), rules } },
        columnKind: 'utf16CodeUnits',
        automationDetails: { id },
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

/** A path as a relative URI: each part percent-encoded. */
export function sarifUri(file: string): string {
  return file.split('/').map(encodeURIComponent).join('/');
}
