import type { Config } from '../../config.ts';
import type { OpenApiDocument } from '../../types-openapi.ts';
import { readSource } from './read-source.ts';

/**
 * Reads the OpenAPI document that the user names by path or URL, with the documents that it refers to: paths below
 * the workspace and URLs on allowed hosts; redirects are not followed.
 *
 * @throws AppError NOT_FOUND, PATH_NOT_ALLOWED, TARGET_NOT_ALLOWED, TARGET_UNREACHABLE, LIMIT_EXCEEDED, OPENAPI_INVALID
 */
export async function readDocument(
  named: string,
  config: Config,
  signal: AbortSignal,
): Promise<OpenApiDocument> {
  const { readOpenApi } = await import('../../scenario/openapi/read.ts');
  const { text, source } = await readSource(named, config, signal);
  return readOpenApi(text, source, async (other) => (await readSource(other, config, signal)).text);
}
