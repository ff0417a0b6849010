import type { SecurityNeed } from '../../types-openapi.ts';
import { isRecord, type JsonRecord, listOf, own, recordOf, textOf } from './json.ts';
import type { References } from './references.ts';

const PLACES = ['query', 'header', 'cookie'] as const;

/** The sets of schemes that an operation accepts; empty when it can be called without any. */
export function listSecurity(
  operation: JsonRecord,
  root: JsonRecord,
  references: References,
): readonly (readonly SecurityNeed[])[] {
  const sets = listOf(own(operation, 'security') ?? own(root, 'security')).filter(isRecord);
  if (sets.some((set) => Object.keys(set).length === 0)) return [];
  const schemes = recordOf(recordOf(own(root, 'components')).securitySchemes);
  return sets.map((set) =>
    Object.keys(set).map((name) => {
      const place = ['components', 'securitySchemes', name];
      return toNeed(name, recordOf(references.follow(own(schemes, name), place)));
    }),
  );
}

function toNeed(name: string, scheme: JsonRecord): SecurityNeed {
  const none = { name, place: null, parameter: null };
  if (scheme.type === 'apiKey') {
    const place = PLACES.find((candidate) => candidate === scheme.in);
    const parameter = textOf(scheme.name);
    if (place !== undefined && parameter !== null) return { name, kind: 'api_key', place, parameter };
  }
  if (scheme.type === 'http') {
    const kind = textOf(scheme.scheme)?.toLowerCase();
    if (kind === 'bearer' || kind === 'basic') return { ...none, kind };
  }
  // Tokens of OAuth 2 and OpenID Connect are sent as bearer tokens (RFC 6750).
  if (scheme.type === 'oauth2' || scheme.type === 'openIdConnect') return { ...none, kind: 'bearer' };
  return { ...none, kind: 'other' };
}
