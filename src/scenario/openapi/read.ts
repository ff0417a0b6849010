import type { OpenApiDocument } from '../../types-openapi.ts';
import { bundle, mayReferOutside, type ReadOther } from './bundle.ts';
import { asJson, own, recordOf, textOf } from './json.ts';
import { createNotices } from './notices.ts';
import { listOperations } from './operations.ts';
import { parseSpecText } from './parse-text.ts';
import { createReferences } from './references.ts';
import { listServers } from './servers.ts';
import { convertSwagger } from './swagger.ts';
import { noteBreaches } from './validate.ts';
import { checkVersion, SWAGGER } from './version.ts';

/**
 * Reads an OpenAPI 3.0, 3.1 or 3.2 document, or a Swagger 2.0 one, JSON or YAML. What breaks the specification in parts is used
 * where it can be; the notices say what was left out. References to other documents are followed by `readOther`, which
 * says what may be read; without it they are left out.
 *
 * @throws AppError OPENAPI_INVALID when it is no such document, with the place and what it is instead.
 */
export async function readOpenApi(
  text: string,
  source: string,
  readOther: ReadOther | null = null,
): Promise<OpenApiDocument> {
  const { root: alone, specVersion } = checkVersion(parseSpecText(text, source), source);
  const notices = createNotices();
  const outside = readOther !== null && mayReferOutside(text);
  const written = outside ? await bundle(alone, source, readOther, notices) : alone;
  const root = specVersion === SWAGGER ? convertSwagger(written, source) : written;
  const references = createReferences(root, notices);
  const servers = listServers(root, source, notices);
  const operations = listOperations(root, { references, notices });
  await noteBreaches(written, notices);
  return {
    source,
    specVersion,
    title: textOf(own(recordOf(own(root, 'info')), 'title')) ?? 'untitled',
    servers,
    operations,
    notices: notices.list(),
    root: asJson(root),
  };
}
