import { z } from 'zod';
import { markdownTable } from '../markdown.ts';
import type { IndexSummary } from '../rag/code-index.ts';
import type { EmbedSummary } from '../rag/meaning/meaning.ts';
import type { OpenCode } from '../rag/open-code.ts';
import type { Answer, Question } from './session/answer.ts';
import { openCodeIndex } from './session/code-folder.ts';
import { askToSend, demandMeaning, tellWhatIsSent } from './session/meaning-part.ts';
import { defineTool, type ToolContext } from './tool.ts';

/** Indexes the code of the workspace. */
export default defineTool({
  name: 'code_index',
  title: 'Index the code',
  description:
    'Reads the source code below a folder (default: the workspace) into a local index: symbols, routes of web frameworks, imports and calls. Incremental; nothing leaves the machine without embeddings. Answers with files and symbols by language, routes by framework, and what was skipped. Use it to see what is there; the other code tools bring the index up to date by themselves.',
  input: z.strictObject({
    path: z.string().optional().describe('Folder in the workspace'),
    embeddings: z
      .enum(['none', 'configured'])
      .default('none')
      .describe('configured: also embed the code, so that code_search finds by meaning'),
  }),
  nature: { readOnly: false, destructive: false, idempotent: true, openWorld: true },
  async run({ path, embeddings }, context): Promise<Answer | Question> {
    const index = await openCodeIndex(path, context);
    const { summary, routes } = index;
    const embedded = embeddings === 'none' ? null : await embed(index, context);
    if (embedded !== null && 'question' in embedded) return embedded;
    const languages = Object.keys(summary.filesByLanguage).toSorted();
    const lines = [
      `${summary.files} files, ${summary.lines} lines in ${Math.round(summary.tookMs)} ms (${summary.changedFiles} read anew).`,
      ...(embedded === null ? [] : [embedded.text]),
      '',
      markdownTable(
        ['language', 'files', 'symbols'],
        languages.map((language) => [
          language,
          String(summary.filesByLanguage[language] ?? 0),
          String(summary.symbolsByLanguage[language] ?? 0),
        ]),
      ),
      '',
      ...showRoutes(summary),
      ...routes
        .slice(0, 40)
        .map(
          ({ method, path: route, handler, handlerName }) =>
            `- ${method} ${route} → ${handler.file}:${handler.startLine}${handlerName === null ? '' : ` ${handlerName}`}`,
        ),
      ...(routes.length > 40 ? [`- and ${routes.length - 40} more`] : []),
      ...(summary.skipped.length === 0
        ? []
        : [
            '',
            'Skipped:',
            ...summary.skipped.slice(0, 15).map(({ where, message }) => `- ${where}: ${message}`),
          ]),
    ];
    return {
      text: lines.join('\n'),
      facts: {
        files: summary.files,
        lines: summary.lines,
        files_by_language: summary.filesByLanguage,
        symbols_by_language: summary.symbolsByLanguage,
        routes_by_framework: summary.routesByFramework,
        took_ms: summary.tookMs,
        embedded: embedded === null ? null : { ...embedded.summary },
      },
      next:
        embedded === null
          ? [{ tool: 'review_code', args: {} }]
          : [{ tool: 'code_search', args: { query: 'retry after a failure' } }],
      verdict: null,
    };
  },
});

/** Embeds the code where the user lets it; asks first where it would leave this machine. */
async function embed(
  index: OpenCode,
  context: ToolContext,
): Promise<Question | { readonly text: string; readonly summary: EmbedSummary }> {
  const { session, signal, onProgress } = context;
  const config = await session.loadConfig();
  const endpoints = await demandMeaning(config);
  const question = await askToSend(endpoints, config.workspace, index.summary, context);
  if (question !== null) return question;
  const summary = await index.embed(endpoints, signal, (done, total) =>
    onProgress(done, total, `embedding: ${done} of ${total} texts`),
  );
  const { texts, sent, points } = summary;
  const stored = points === null ? '' : ` ${points} points were written to Qdrant.`;
  return {
    text: `${texts} texts are embedded, ${sent} of them now.${stored} ${tellWhatIsSent(endpoints)}`,
    summary,
  };
}

function showRoutes({ routesByFramework }: IndexSummary): string[] {
  const frameworks = Object.entries(routesByFramework);
  return frameworks.length === 0
    ? ['No routes of a known web framework were found.']
    : [`Routes: ${frameworks.map(([name, count]) => `${count} ${name}`).join(', ')}`];
}
