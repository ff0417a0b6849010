import { posix } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { CodeReader } from '../rag/code-reader.ts';
import { familyOf, type LanguageName } from '../rag/languages.ts';
import type { Notice } from '../types.ts';
import { createCommandCallers, isCommandFile } from './command-callers.ts';
import { isForTestsOrDebug } from './for-tests.ts';
import { isInEndingCommand } from './go-commands.ts';
import { isTriedOut } from './main-guards.ts';
import { isDroppedAt } from './reach/dropped-calls.ts';
import { type FileUnits, listUnits } from './reach/list-units.ts';
import { readServiceTexts } from './read-service-texts.ts';
import type { Rule, RuleMatch } from './rule.ts';
import { runRules } from './run-rules.ts';
import { listSearch, textCount, textSearch } from './search-texts.ts';
import { isInCommand } from './service-code.ts';
import { createRootFinder, keepOnePerService } from './service-roots.ts';
import { isPagePath } from './syntax/javascript.ts';
import { createSettling, type JsRejections, listJsRejections } from './syntax/js-rejections.ts';
import { listNuxtPageFiles } from './syntax/nuxt-pages.ts';
import { listPageFolderFiles } from './syntax/page-folders.ts';
import { listBrowserFiles, listImporters, listPageModules } from './syntax/page-modules.ts';
import { limitsTasks, waitsInLimitedTask, waitsInTask } from './task-limits.ts';

/** One match of a rule, with the text it was found in. */
export interface FileHit {
  readonly rule: Rule;
  readonly match: RuleMatch;
  readonly file: string;
  readonly language: LanguageName;
  readonly text: string;
  /** Nobody waits for the call that it stands in, where that is made. */
  readonly isDropped: boolean;
}

export interface FileHits {
  readonly hits: readonly FileHit[];
  readonly filesReviewed: number;
  readonly languages: ReadonlySet<LanguageName>;
  readonly units: readonly FileUnits[];
  /** Whether the code gives every task of its workers a time limit. */
  readonly tasksAreLimited: boolean;
  readonly notices: readonly Notice[];
}

/** Runs rules over the files of an index, tests and generated files aside. */
export async function reviewFiles(
  index: CodeReader,
  rules: readonly Rule[],
  deps: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<FileHits> {
  const notices: Notice[] = [];
  const names = [...index.manifests.keys(), ...index.files.map(({ file }) => file)];
  const { texts, languages, commands } = await readServiceTexts(index, rules, notices, deps.signal);
  const { wordsAfter, capturesOf } = listSearch(texts, languages);
  const holdsTogether = (family: string, parts: readonly string[]) =>
    [...texts].some(
      ([name, text]) =>
        familyOf(languages.get(name) ?? '') === family && parts.every((part) => text.includes(part)),
    );
  const scripts = new Map(
    [...texts].filter(([file]) => familyOf(languages.get(file) ?? '') === 'javascript'),
  );
  const importers = listImporters(scripts, index.manifests);
  const modules = listPageModules(scripts, importers);
  const pages = new Set([
    ...modules,
    ...listBrowserFiles(scripts, createRootFinder(names, /(^|\/)package\.json$/)),
    ...listPageFolderFiles(scripts, modules, importers),
    ...listNuxtPageFiles(scripts, index.manifests, importers),
  ]);
  const holds = textSearch(texts, languages);
  const served = new Map([...texts].filter(([file]) => !pages.has(file) && !isPagePath(file)));
  const holdsNearby = textSearch(served, languages);
  const countNearby = textCount(served, languages);
  const isOfCommands = createCommandCallers(
    [...texts].filter(([file]) => file.endsWith('.py') && !isCommandFile(file)).map(([, text]) => text),
    commands,
  );
  const importedIn = (statement: RegExp) =>
    [...texts].some(([file, text]) => file.endsWith('.py') && statement.test(text));
  const hits: FileHit[] = [];
  const units: FileUnits[] = [];
  const rejections: JsRejections[] = [];
  const ofTasks = new Set<FileHit>();
  for (const [file, text] of texts) {
    // Parsing holds the thread; between files others get their turn.
    await nextTurn();
    deps.signal.throwIfAborted();
    const language = languages.get(file) ?? 'javascript';
    const family = familyOf(language);
    const seen = await runRules({ file, language, text }, rules, {
      versionOf: (name) => index.findPackageVersion(family, name, file),
      declared: family === 'javascript' ? index.listDeclaredPackages(file) : [],
      ofPage: pages.has(file),
      holds: (part) => holds(family, part, ''),
      holdsNearby: (part) => holdsNearby(family, part, serviceFolder(file)),
      countNearby: (pattern, without) => countNearby(family, pattern, without, serviceFolder(file)),
      holdsTogether: (parts) => holdsTogether(family, parts),
      wordsAfter: (part) => wordsAfter(family, part),
      capturesOf: (pattern) => capturesOf(family, pattern),
    });
    notices.push(...seen.notices);
    if (seen.source !== null) units.push(listUnits(seen.source));
    if (seen.source !== null && family === 'javascript')
      rejections.push(...listJsRejections(seen.source, index.listDeclaredPackages(file)));
    const { source } = seen;
    const found = seen.hits.filter(
      (hit) =>
        source === null ||
        !(
          waitsInLimitedTask(source, hit) ||
          isTriedOut(source, hit.match.startOffset, importedIn) ||
          isInCommand(source, hit.match.startOffset) ||
          isInEndingCommand(source, hit.match.startOffset) ||
          isOfCommands(source, hit.match.startOffset) ||
          isForTestsOrDebug(source, hit.match.startOffset)
        ),
    );
    const placed = found.map(({ rule, match }) => ({
      rule,
      match,
      file,
      language,
      text,
      isDropped: source !== null && isDroppedAt(source, match.startOffset),
    }));
    hits.push(...placed);
    for (const hit of placed) if (source !== null && waitsInTask(source, hit)) ofTasks.add(hit);
  }
  const tasksAreLimited = [...texts].some(
    ([file, text]) => familyOf(languages.get(file) ?? '') === 'python' && limitsTasks(text),
  );
  const settles = createSettling(rejections);
  return {
    hits: keepOnePerService(
      hits.filter(
        (hit) => hit.match.rejectedBy?.every(settles) !== true && !(tasksAreLimited && ofTasks.has(hit)),
      ),
      names,
    ),
    filesReviewed: texts.size,
    languages: new Set(languages.values()),
    units,
    tasksAreLimited,
    notices,
  };
}

/** The folder of the service that a file is part of: its own, or the one above where it only holds the sources. */
function serviceFolder(file: string): string {
  const folder = posix.dirname(file);
  const own = /^(src|app|lib|server|api|cmd|bin)$/.test(posix.basename(folder))
    ? posix.dirname(folder)
    : folder;
  return own === '.' ? '' : `${own}/`;
}
