import { escapePattern } from '../texts.ts';
import { isContract } from './contracts/contract-files.ts';

/** What documents of the workspace put before the paths of their operations. */
export interface ServerBases {
  /** Paths of the servers of the documents that have `path` among their operations; empty: none has one. */
  readonly of: (path: string) => readonly string[];
}

interface Document {
  readonly text: string;
  readonly bases: readonly string[];
}

/** A key begins a line in YAML, and follows a bracket or a comma in JSON. */
const KEY = '(?:^|[{,])\\s*["\']?';
const IS_OPENAPI = new RegExp(`${KEY}(openapi|swagger)["']?\\s*:`, 'm');
const SERVERS = new RegExp(`${KEY}servers["']?\\s*:`, 'm');
const BASE_PATH = new RegExp(`${KEY}basePath["']?\\s*:\\s*["']?([^"'\\s,}]+)`, 'm');
const URL = /\burl["']?\s*:\s*["']?([^"'\s,]+)/g;
/** Where the list of servers ends: its bracket in JSON, the next key of the document in YAML. */
const END = /\]|^["']?\w+["']?\s*:/m;
const MAX_SERVERS_CHARACTERS = 4_000;

/** Reads the servers of the OpenAPI documents among `texts`, line by line: a document need not be whole. */
export function readServerBases(texts: ReadonlyMap<string, string>): ServerBases {
  const documents = [...texts].flatMap(([file, text]): Document[] => {
    if (!isContract(file) || !IS_OPENAPI.test(text)) return [];
    const bases = basesOf(text);
    return bases.length === 0 ? [] : [{ text, bases }];
  });
  return {
    of: (path) => {
      const key = new RegExp(`${KEY}${escapePattern(path.replace(/\/$/, ''))}/?["']?\\s*:`, 'm');
      const found = documents.flatMap(({ text, bases }) => (key.test(text) ? bases : []));
      return [...new Set(found)];
    },
  };
}

function basesOf(text: string): readonly string[] {
  const at = SERVERS.exec(text);
  const rest = at === null ? '' : text.slice(at.index + at[0].length).slice(0, MAX_SERVERS_CHARACTERS);
  const end = rest.search(END);
  const urls = [...(end < 0 ? rest : rest.slice(0, end)).matchAll(URL)].map(([, url = '']) => url);
  const given = [...urls, BASE_PATH.exec(text)?.[1] ?? ''];
  const bases = given.map((url) => url.replace(/^([a-z]+:\/\/[^/]*|\{[^{}]*\})/i, '').replace(/\/$/, ''));
  return [...new Set(bases.filter((base) => /^\/[\w./-]+$/.test(base)))];
}
