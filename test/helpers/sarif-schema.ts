import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { z } from 'zod';

/** Of draft 4, whose name Ajv does not know; the schema uses no keyword that later drafts read in another way. */
const SCHEMA = z
  .looseObject({ title: z.literal('Static Analysis Results Format (SARIF) Version 2.1.0-rtm.5 JSON Schema') })
  .transform(({ $schema, id, ...rest }) => rest);

const path = createRequire(import.meta.url).resolve('@microsoft/jest-sarif');
const text = readFileSync(join(dirname(path), 'schemas/sarif-2.1.0-rtm.5.json'), 'utf8');
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
addFormats.default(ajv);
const validate = ajv.compile(SCHEMA.parse(JSON.parse(text)));

/** What of a SARIF log does not fit the JSON Schema of SARIF 2.1.0 (OASIS), as `place: problem`. */
export function listSarifProblems(log: unknown): readonly string[] {
  validate(log);
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${instancePath}: ${message}`);
}
