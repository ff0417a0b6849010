import { quote } from '../../units.ts';
import { isRecord, type JsonRecord, listOf, own, recordOf, textOf } from './json.ts';
import type { NoticeList } from './notices.ts';

/**
 * Lists the absolute server URLs of a document, without a slash at the end: variables filled with their
 * defaults, relative ones resolved against the URL that the document came from.
 */
export function listServers(root: JsonRecord, source: string, notices: NoticeList): readonly string[] {
  const servers = listOf(own(root, 'servers'));
  // The specification's default is a server with the URL `/`.
  const declared = servers.length === 0 ? [{ url: '/' }] : servers;
  const urls = declared.flatMap((server, index) => {
    const url = isRecord(server) ? textOf(own(server, 'url')) : null;
    if (url === null) {
      notices.add(['servers', index], 'it has no url and is left out.');
      return [];
    }
    const absolute = toAbsolute(fillVariables(url, recordOf(recordOf(server).variables)), source);
    if (absolute === null && servers.length > 0) {
      notices.add(['servers', index], `${quote(url)} is no absolute HTTP URL and is left out.`);
    }
    return absolute === null ? [] : [absolute];
  });
  return [...new Set(urls)];
}

function fillVariables(url: string, variables: JsonRecord): string {
  return url.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = recordOf(own(variables, name));
    const value = variable.default ?? listOf(variable.enum)[0];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : whole;
  });
}

function toAbsolute(url: string, source: string): string | null {
  const base = /^https?:\/\//i.test(source) ? source : undefined;
  if (/[{}]/.test(url) || !URL.canParse(url, base)) return null;
  const parsed = new URL(url, base);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return null;
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '');
}
