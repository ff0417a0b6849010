import { z } from 'zod';
import { markdownTable } from '../markdown.ts';
import type { IndexSummary } from '../rag/code-index.ts';
import type { Answer } from './session/answer.ts';
import { openCodeIndex } from './session/code-folder.ts';
import { defineTool } from './tool.ts';

/** Indexes the code of the workspace. */
export default defineTool({
  name: 'code_index',
  title: 'Index the code',
  description:
    'Reads the source code below a folder (default: the workspace) into a local index: symbols, routes of web frameworks, imports and calls. Incremental; nothing leaves the machine. Answers with files and symbols by language, routes by framework, and what was skipped. The other code tools bring the index up to date by themselves.',
  input: z.strictObject({ path: z.string().optional().describe('Folder in the workspace') }),
  nature: { readOnly: false, destructive: false, idempotent: true, openWorld: false },
  async run({ path }, context): Promise<Answer> {
    const { summary, routes } = await openCodeIndex(path, context);
    const languages = Object.keys(summary.filesByLanguage).toSorted();
    const lines = [
      `${summary.files} files, ${summary.lines} lines in ${Math.round(summary.tookMs)} ms (${summary.changedFiles} read anew).`,
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
      },
      next: [{ tool: 'review_code', args: {} }],
      verdict: null,
    };
  },
});

function showRoutes({ routesByFramework }: IndexSummary): string[] {
  const frameworks = Object.entries(routesByFramework);
  return frameworks.length === 0
    ? ['No routes of a known web framework were found.']
    : [`Routes: ${frameworks.map(([name, count]) => `${count} ${name}`).join(', ')}`];
}
