import { z } from 'zod';
import { AppError } from '../errors.ts';
import { fence } from '../policy.ts';
import type { JsonValue } from '../types.ts';
import type { SearchHit } from '../types-code.ts';
import { quote } from '../units.ts';
import type { Answer, NextCall } from './session/answer.ts';
import { openCodeIndex } from './session/code-folder.ts';
import { toIndexedPath } from './session/indexed-path.ts';
import { findMeaning } from './session/meaning-part.ts';
import { defineTool } from './tool.ts';

const EXCERPT_LIMIT = 500;

/** Searches the code. */
export default defineTool({
  name: 'code_search',
  title: 'Search the code',
  description:
    'Finds code by words or names, and by meaning once code_index has embedded it; getUserById, get_user_by_id and "user id" find each other. Answers with ranked places: file, lines, enclosing symbol and why. For the code behind an API operation use code_context.',
  input: z.strictObject({
    query: z.string().min(1).describe('Words or a name, e.g. "payment client timeout"'),
    path: z.string().optional().describe('Only below this folder or file'),
    language: z.string().optional().describe('e.g. python, typescript'),
    kind: z.enum(['function', 'method', 'class', 'interface', 'variable', 'module']).optional(),
    limit: z.number().int().min(1).max(50).default(8),
    cursor: z.string().optional().describe('From an earlier answer'),
  }),
  nature: { readOnly: true, destructive: false, idempotent: true, openWorld: true },
  async run({ query, cursor, ...filter }, context): Promise<Answer> {
    const [index, config] = await Promise.all([
      openCodeIndex(undefined, context),
      context.session.loadConfig(),
    ]);
    const path = filter.path === undefined ? '' : toIndexedPath(config.workspace, filter.path);
    if (path !== '' && !index.files.some(({ file }) => file === path || file.startsWith(`${path}/`))) {
      throw new AppError('NOT_FOUND', `No indexed file lies at ${quote(filter.path ?? path)}.`, {
        hint: 'Give a folder or file relative to the workspace; code_index lists what is indexed.',
      });
    }
    const options = {
      limit: filter.limit,
      ...(path === '' ? {} : { path }),
      ...(filter.language === undefined ? {} : { language: filter.language }),
      ...(filter.kind === undefined ? {} : { kind: filter.kind }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const endpoints = await findMeaning(config);
    const { hits, nextCursor, withoutMeaning } =
      endpoints === null
        ? { ...(await index.search(query, options)), withoutMeaning: null }
        : await index.find(query, options, endpoints, context.signal);
    const blocks = hits.map(
      ({ file, startLine, endLine, symbol, why, excerpt }) =>
        `${file}:${startLine}-${endLine}${symbol === null ? '' : ` ${symbol}`} (${why})\n${fence(excerpt, EXCERPT_LIMIT)}`,
    );
    return {
      text: [
        ...(withoutMeaning === null ? [] : [`By words only. ${withoutMeaning}`]),
        ...(hits.length === 0
          ? ['Nothing was found. Try other words, or code_index to see what is indexed.']
          : blocks),
      ].join('\n\n'),
      facts: {
        hits: hits.map(({ excerpt: _excerpt, ...hit }) => hit),
        next_cursor: nextCursor,
        without_meaning: withoutMeaning,
      },
      next: [...showBest(hits), ...(nextCursor === null ? [] : [toNextPage(query, filter, nextCursor)])],
      verdict: null,
    };
  },
});

/** The code of the best place that has a name, else the outline of the best file. */
function showBest(hits: readonly SearchHit[]): NextCall[] {
  const [best] = hits;
  if (best === undefined) return [];
  const named = hits.find(({ symbol }) => symbol !== null) ?? best;
  const symbol = named.symbol === null ? {} : { symbol: named.symbol };
  return [{ tool: 'code_context', args: { ...symbol, file: named.file } }];
}

/** The same search, further on. */
function toNextPage(
  query: string,
  filter: Readonly<Record<string, JsonValue | undefined>>,
  cursor: string,
): NextCall {
  const given = Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return { tool: 'code_search', args: { query, ...Object.fromEntries(given), cursor } };
}
