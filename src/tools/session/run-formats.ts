import type { Store } from '../../store.ts';
import type { RunResult } from '../../types-run.ts';
import { writeTextInside } from '../../workspace-files.ts';
import type { Answer } from './answer.ts';
import { findPlaces } from './item-places.ts';
import { overallVerdict } from './run-answer.ts';

export const RUN_FORMATS = ['markdown', 'text', 'json', 'html', 'junit', 'sarif'] as const;
export type RunFormat = (typeof RUN_FORMATS)[number];

/** Formats that other programs read: they are written to a file. */
export type FileFormat = 'html' | 'junit' | 'sarif';

export interface RunPlace {
  readonly store: Store;
  readonly workspace: string;
}

const FILES = {
  html: { name: 'report.html', noun: 'HTML report' },
  junit: { name: 'junit.xml', noun: 'JUnit file' },
  sarif: { name: 'report.sarif', noun: 'SARIF log of the failed items' },
} as const;

/** Whether a format is written to a file instead of shown. */
export function isFileFormat(format: RunFormat): format is FileFormat {
  return Object.hasOwn(FILES, format);
}

/** Renders a whole run in one of the formats. */
export async function renderRun(
  result: RunResult,
  format: RunFormat,
  { store, workspace }: RunPlace,
): Promise<string> {
  switch (format) {
    case 'text':
      return (await import('../../scenario/report/summary.ts')).renderRunSummary(result);
    case 'json':
      return (await import('../../scenario/report/json.ts')).renderRunJson(result);
    case 'junit':
      return (await import('../../scenario/report/junit.ts')).renderRunJunit(result);
    case 'sarif': {
      const { renderRunSarif } = await import('../../scenario/report/sarif.ts');
      return renderRunSarif(result, await findPlaces(result.run, store, workspace));
    }
    case 'html': {
      const [{ renderRunHtml }, { loadSamples }] = await Promise.all([
        import('../../scenario/report/html.ts'),
        import('../../scenario/run-folder.ts'),
      ]);
      return renderRunHtml(result, await loadSamples(store, result.run.id));
    }
    case 'markdown':
      return (await import('../../scenario/report/markdown.ts')).renderRunMarkdown(result);
  }
}

/** Writes a run to the file that the user named. */
export async function writeRunTo(
  output: string,
  result: RunResult,
  format: RunFormat,
  place: RunPlace,
): Promise<void> {
  await writeTextInside(place.workspace, output, await renderRun(result, format, place));
}

/** Answers with where the file for other programs is; it is made here unless `output` holds it already. */
export async function answerWithFile(
  result: RunResult,
  format: FileFormat,
  output: string | undefined,
  place: RunPlace,
): Promise<Answer> {
  const { name, noun } = FILES[format];
  const path = `runs/${result.run.id}/${name}`;
  if (output === undefined) await place.store.writeText(path, await renderRun(result, format, place));
  const file = output ?? `.breakwater/${path}`;
  return {
    text: `The ${noun} of ${result.run.id} is ${file}.`,
    facts: { run_id: result.run.id, format, file },
    next: [],
    verdict: overallVerdict(result),
  };
}
