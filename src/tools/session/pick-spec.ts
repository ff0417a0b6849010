import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';

/** What a caller says about the document and the service. */
export interface NamedSpec {
  readonly spec?: string | undefined;
  readonly base_url?: string | undefined;
}

/**
 * The document that is meant: the one that is named, else `spec` of breakwater.yaml. A `{port}` in that is the one of
 * `base_url`.
 *
 * @throws AppError BAD_INPUT that says what to give
 */
export function pickSpec({ spec: named, base_url: baseUrl }: NamedSpec, config: Config): string {
  const spec = named ?? config.spec;
  if (spec === null) {
    throw new AppError('BAD_INPUT', 'spec: missing; expected the path or URL of an OpenAPI document.', {
      hint: 'Many frameworks serve one at /openapi.json; or set "spec" in breakwater.yaml.',
    });
  }
  const origin = /^https?:\/\/[^/?#]*\{\w+\}[^/?#]*/i.exec(spec)?.[0];
  if (origin === undefined) return spec;
  const path = spec.slice(origin.length);
  if (baseUrl !== undefined && URL.canParse(baseUrl)) return `${new URL(baseUrl).origin}${path}`;
  throw new AppError('BAD_INPUT', `spec: where does the service run? ${spec} leaves that open.`, {
    hint: `Give base_url, e.g. "http://127.0.0.1:8000", to read http://127.0.0.1:8000${path}; or write the port into spec of breakwater.yaml.`,
  });
}
