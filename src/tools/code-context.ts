import { z } from 'zod';
import { AppError } from '../errors.ts';
import { fence } from '../policy.ts';
import type { CodeReader } from '../rag/code-reader.ts';
import type { CodeRange, CodeSymbol, HandlerMatch } from '../types-code.ts';
import { quote } from '../units.ts';
import type { Answer } from './session/answer.ts';
import { openCodeIndex } from './session/code-folder.ts';
import { toIndexedPath } from './session/indexed-path.ts';
import { recallOperation } from './session/known-operations.ts';
import { defineTool, type ToolContext } from './tool.ts';

const PIECE_LIMIT = 6_000;
/** Calls of clients that an answer lists. */
const MAX_CLIENTS = 15;
/** Symbols beyond the budget that an answer names. */
const MAX_LEFT_OUT = 12;

const input = z.strictObject({
  operation_id: z.string().optional().describe('operationId of the OpenAPI document'),
  method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE']).optional(),
  path: z.string().optional().describe('Path of the operation, with method, e.g. /orders/{order_id}'),
  symbol: z.string().optional().describe('Function, method or class instead of an operation'),
  file: z.string().optional().describe('File of the symbol; alone: its outline'),
  depth: z.number().int().min(0).max(4).default(2).describe('Levels of calls to follow'),
  budget_tokens: z.number().int().min(200).max(7_000).default(1_600),
});
type Args = z.output<typeof input>;

/** Gives the code behind an operation. */
export default defineTool({
  name: 'code_context',
  title: 'Code behind an operation',
  description:
    'Finds the code that answers an API operation (operation_id, or method and path) and what it depends on: the handler with file, lines, confidence and why; the functions it calls; the HTTP clients, databases and pools it uses, with versions and time limits. "No handler here" is an answer. With symbol or file: that code, or an outline. Use it before judging or changing code.',
  input,
  nature: { readOnly: true, destructive: false, idempotent: true, openWorld: false },
  async run(args, context): Promise<Answer> {
    if ((args.operation_id ?? args.path ?? args.symbol ?? args.file) === undefined) {
      throw new AppError(
        'BAD_INPUT',
        'Expected operation_id, or method and path, or symbol, or file; none was given.',
        { hint: 'code_context {"method":"GET","path":"/orders/{order_id}"}' },
      );
    }
    const index = await openCodeIndex(undefined, context);
    const { workspace } = await context.session.loadConfig();
    const file = args.file === undefined ? undefined : toIndexedPath(workspace, args.file);
    if (args.symbol !== undefined)
      return contextOf(index, await findSymbol(index, args.symbol, file), args, null);
    if (file !== undefined) return await outline(index, file);
    const matches = await findHandlers(index, args, context);
    const [best] = matches;
    if (best === undefined) return noHandler(index, args);
    return contextOf(index, best.route.handler, args, matches);
  },
});

/** By method and path, or by operationId: as the code names it, else as a document of this workspace has named it. */
async function findHandlers(
  index: CodeReader,
  { method, path, operation_id }: Args,
  { session }: ToolContext,
): Promise<readonly HandlerMatch[]> {
  const found = await index.findHandlers({
    method: method ?? null,
    path: path ?? null,
    operationId: operation_id ?? null,
  });
  if (found.length > 0 || operation_id === undefined || path !== undefined) return found;
  const known = await recallOperation(operation_id, await session.openStore());
  return known === null ? [] : index.findHandlers({ ...known, operationId: operation_id });
}

async function findSymbol(index: CodeReader, name: string, file: string | undefined): Promise<CodeRange> {
  const found = await index.listSymbols(file === undefined ? { name } : { name, file });
  const [first] = found;
  if (first === undefined)
    throw new AppError(
      'NOT_FOUND',
      `There is no symbol ${quote(name)}${file === undefined ? '' : ` in ${quote(file)}`}.`,
      { hint: `Try code_search {"query": ${JSON.stringify(name)}}.` },
    );
  return first;
}

async function contextOf(
  index: CodeReader,
  start: CodeRange,
  args: Args,
  matches: readonly HandlerMatch[] | null,
): Promise<Answer> {
  const { buildContext } = await import('../rag/context.ts');
  const { pieces, clients, leftOut } = await buildContext(index, start, {
    depth: args.depth,
    budgetTokens: args.budget_tokens,
  });
  const lines = [
    ...showMatches(matches),
    ...pieces.flatMap((piece) => [
      `\n${piece.role}: ${piece.file}:${piece.startLine}-${piece.endLine}${piece.symbol === null ? '' : ` ${piece.symbol}`}`,
      fence(piece.text, PIECE_LIMIT),
    ]),
    ...showLeftOut(leftOut),
    ...(clients.length === 0
      ? ['', 'No HTTP client, database or pool was recognised in this code.']
      : ['', 'Clients and pools:']),
    ...clients
      .slice(0, MAX_CLIENTS)
      .map(
        (client) =>
          `- ${client.file}:${client.startLine} ${client.library}${client.version === null ? '' : ` ${client.version}`}: ${client.call} (${client.timeout === null ? 'no time limit given' : client.timeout})`,
      ),
    ...(clients.length > MAX_CLIENTS ? [`- and ${clients.length - MAX_CLIENTS} more calls`] : []),
  ];
  return {
    text: lines.join('\n').trim(),
    facts: {
      matches: (matches ?? []).map(({ route, confidence, why }) => ({
        ...route.handler,
        handler: route.handlerName,
        method: route.method,
        path: route.path,
        framework: route.framework,
        confidence,
        why,
      })),
      pieces: pieces.map(({ text: _text, ...piece }) => ({ ...piece })),
      left_out: leftOut.map((symbol) => ({ ...symbol })),
      clients: clients.map((client) => ({ ...client })),
    },
    next: [],
    verdict: null,
  };
}

function showLeftOut(symbols: readonly CodeSymbol[]): string[] {
  if (symbols.length === 0) return [];
  const shown = symbols
    .slice(0, MAX_LEFT_OUT)
    .map(
      ({ file, startLine, parent, name }) =>
        `${file}:${startLine} ${parent === '' ? '' : `${parent}.`}${name}`,
    );
  const more = symbols.length > shown.length ? ` and ${symbols.length - shown.length} more` : '';
  return ['', `Called too, beyond budget_tokens: ${shown.join(', ')}${more}.`];
}

function showMatches(matches: readonly HandlerMatch[] | null): string[] {
  if (matches === null) return [];
  return matches.slice(0, 5).map(({ route, confidence, why }, place) => {
    const lead = place === 0 ? 'Handler' : 'Also possible';
    return `${lead}: ${route.handler.file}:${route.handler.startLine}-${route.handler.endLine}${route.handlerName === null ? ' (inline)' : ` ${route.handlerName}`} for ${route.method} ${route.path} [${route.framework}], confidence ${confidence.toFixed(2)}: ${why}`;
  });
}

function noHandler(index: CodeReader, { operation_id, method, path }: Args): Answer {
  const asked = operation_id ?? `${method ?? ''} ${path ?? ''}`.trim();
  const known = index.routes.slice(0, 30).map((route) => `${route.method} ${route.path}`);
  return {
    text: `No handler here: no route of this code answers ${quote(asked)}${operation_id === undefined ? '' : ', and no OpenAPI document that was read here gives its method and path'}.\n${known.length === 0 ? 'No routes of a known web framework were found at all.' : `Routes that were found: ${known.join(', ')}`}`,
    facts: { matches: [], routes: known },
    next: [{ tool: 'code_search', args: { query: asked } }],
    verdict: null,
  };
}

async function outline(index: CodeReader, file: string): Promise<Answer> {
  const symbols = await index.listSymbols({ file });
  if (!index.files.some((indexed) => indexed.file === file))
    throw new AppError('NOT_FOUND', `${quote(file)} is not in the index.`, {
      hint: 'Give a path relative to the workspace; code_index tells what is indexed.',
    });
  const lines = symbols.map(
    ({ startLine, endLine, kind, name, parent }) =>
      `${startLine}-${endLine} ${kind} ${parent === '' ? name : `${parent}.${name}`}`,
  );
  return {
    text: `${file}\n${lines.join('\n')}`,
    facts: { file, symbols: symbols.map((symbol) => ({ ...symbol })) },
    next: [],
    verdict: null,
  };
}
