import { quote } from '../../units.ts';
import { isRecord, type JsonRecord, listOf, own, recordOf, textOf } from './json.ts';
import type { NoticeList } from './notices.ts';
import type { Place } from './place.ts';

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
    const place = ['servers', index];
    const filled = fillVariables(url, recordOf(recordOf(server).variables), place, notices);
    const absolute = filled === null ? null : toAbsolute(filled, source);
    if (filled !== null && absolute === null && servers.length > 0) {
      notices.add(place, `${quote(filled)} is no absolute HTTP URL and is left out; give base_url.`);
    }
    return absolute === null ? [] : [absolute];
  });
  return [...new Set(urls)];
}

/** Each variable by its default, which the specification demands, else by its first value; `null`: one has neither. */
function fillVariables(url: string, variables: JsonRecord, place: Place, notices: NoticeList): string | null {
  const open: string[] = [];
  const filled = url.replace(/\{([^{}]+)\}/g, (whole, name: string) => {
    const variable = recordOf(own(variables, name));
    const values = listOf(variable.enum);
    const value = variable.default ?? values[0];
    if (typeof value !== 'string' && typeof value !== 'number') {
      open.push(whole);
      return whole;
    }
    if (variable.default !== undefined && values.length > 0 && !values.includes(variable.default)) {
      notices.add(place, `${whole} is ${quote(value)}, its default, which is none of its values.`);
    }
    return String(value);
  });
  if (open.length === 0) return filled;
  notices.add(place, `${open.join(', ')} has no default, so that the server is left out; give base_url.`);
  return null;
}

function toAbsolute(url: string, source: string): string | null {
  const base = /^https?:\/\//i.test(source) ? source : undefined;
  if (/[{}]/.test(url) || !URL.canParse(url, base)) return null;
  const parsed = new URL(url, base);
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:') return null;
  return `${parsed.origin}${parsed.pathname}`.replace(/\/+$/, '');
}
