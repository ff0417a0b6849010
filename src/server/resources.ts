import {
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
  UriTemplate,
} from '@modelcontextprotocol/server';
import type { ResourceFamily } from '../resources/resource.ts';
import type { Session } from '../tools/session/session.ts';
import { quote } from '../units.ts';

type Families = readonly ResourceFamily[];

/** Lists what can be read now: resources with an address of their own first. */
export async function listResources(families: Families, session: Session): Promise<ListResourcesResult> {
  const store = await session.openStore();
  const fixed = families.filter((family) => !hasVariables(family)).map(describeFixed);
  const lists = await Promise.all(
    families.filter(hasVariables).map(async (family) => {
      const entries = await family.list(store);
      return entries.map((entry) => ({ description: family.description, ...entry }));
    }),
  );
  return { resources: [...fixed, ...lists.flat()] };
}

/** Lists the templates of resources that come and go. */
export function listTemplates(families: Families): ListResourceTemplatesResult {
  return {
    resourceTemplates: families
      .filter(hasVariables)
      .map(({ name, title, description, uriTemplate }) => ({ name, title, description, uriTemplate })),
  };
}

/**
 * Reads one resource.
 *
 * @throws ProtocolError InvalidParams when `uri` is none, ResourceNotFoundError when there is nothing.
 */
export async function readResource(
  uri: string,
  families: Families,
  session: Session,
): Promise<ReadResourceResult> {
  const href = parseUri(uri);
  for (const family of families) {
    const variables = matchFamily(family, href);
    if (variables === null) continue;
    const text = await family.read(variables, await session.openStore());
    if (text !== null) return { contents: [{ uri: href, mimeType: family.mimeTypeOf(variables), text }] };
  }
  throw new ResourceNotFoundError(
    href,
    `There is no resource ${href}; resources/list names those that exist.`,
  );
}

function parseUri(uri: string): string {
  if (URL.canParse(uri)) return new URL(uri).href;
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `${quote(uri)} is no URI; expected one such as breakwater://runs/latest/report.md.`,
  );
}

/** The variables of the template in `href`; `null`: it belongs to another family. */
function matchFamily(family: ResourceFamily, href: string): Readonly<Record<string, string>> | null {
  if (!hasVariables(family)) return family.uriTemplate === href ? {} : null;
  const matched = new UriTemplate(family.uriTemplate).match(href);
  return matched === null ? null : onlyText(matched);
}

function onlyText(variables: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : (value[0] ?? ''),
    ]),
  );
}

function describeFixed(family: ResourceFamily) {
  const { name, title, description, uriTemplate } = family;
  return { uri: uriTemplate, name, title, description, mimeType: family.mimeTypeOf({}) };
}

function hasVariables({ uriTemplate }: ResourceFamily): boolean {
  return uriTemplate.includes('{');
}
