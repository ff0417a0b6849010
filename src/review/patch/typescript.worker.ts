import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type Diagnostic, Project, ts } from 'ts-morph';
import type { TypeCheckRequest, TypeCheckResult } from './check-types.ts';

/** Codes that say that a name, a module or its types were not found, as when packages are not installed. */
const UNRESOLVED = new Set([2304, 2307, 2503, 2552, 2580, 2584, 2591, 2688, 2792, 7016]);

/** Files that add to types of others: Express's Request, for one, gets its `user` this way. */
const AMBIENT = /\.d\.[cm]?ts$/i;
const MAX_AMBIENT_FILES = 200;

type CheckedFile = TypeCheckRequest['files'][number];
type NewError = TypeCheckResult['errors'][number];

/** Compares the compiler's errors in the files of a patch before and after it. */
function check({ root, files, addsPackages }: TypeCheckRequest): TypeCheckResult {
  const byConfig = new Map<string | null, CheckedFile[]>();
  for (const file of files) {
    const config = nearestConfig(root, file.file);
    byConfig.set(config, [...(byConfig.get(config) ?? []), file]);
  }
  const results = [...byConfig].flatMap(([config, group]) => checkGroup(root, config, group, addsPackages));
  return {
    errors: results.flatMap((one) => one.errors ?? []),
    unsure: results.filter((one) => one.errors === null).map((one) => one.file),
  };
}

interface FileResult {
  readonly file: string;
  /** `null`: what it imports is not installed, so nothing can be told. */
  readonly errors: readonly NewError[] | null;
}

function checkGroup(
  root: string,
  config: string | null,
  group: readonly CheckedFile[],
  addsPackages: boolean,
): FileResult[] {
  const project = openProject(config);
  const complete = !addsPackages && hasPackages(root, config);
  const before = readErrors(project, root, group, ({ oldText }) => oldText);
  const after = readErrors(project, root, group, ({ newText }) => newText);
  return group.map(({ file }) => {
    const old = before.get(file) ?? [];
    const fresh = withoutKnown(after.get(file) ?? [], old.map(keyOf));
    const unsure = old.some(isUnresolved) || (!complete && fresh.some(isUnresolved));
    const errors = fresh.map((one) => ({ file, line: one.getLineNumber() ?? 1, message: keyOf(one) }));
    return { file, errors: unsure ? null : errors };
  });
}

/** Errors without those of before, each of which excuses one like it. */
function withoutKnown(errors: readonly Diagnostic[], known: string[]): Diagnostic[] {
  return errors.filter((one) => {
    const at = known.indexOf(keyOf(one));
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}

function isUnresolved(diagnostic: Diagnostic): boolean {
  return UNRESOLVED.has(diagnostic.getCode());
}

function readErrors(
  project: Project,
  root: string,
  files: readonly CheckedFile[],
  textOf: (file: CheckedFile) => string | null,
): ReadonlyMap<string, readonly Diagnostic[]> {
  const sources = files.flatMap((file) => {
    const text = textOf(file);
    if (text === null) return [];
    return [
      { file: file.file, source: project.createSourceFile(join(root, file.file), text, { overwrite: true }) },
    ];
  });
  const isError = (one: Diagnostic) => one.getCategory() === ts.DiagnosticCategory.Error;
  return new Map(sources.map(({ file, source }) => [file, source.getPreEmitDiagnostics().filter(isError)]));
}

/** The same error keeps its key when lines above it move. */
function keyOf(diagnostic: Diagnostic): string {
  const text = diagnostic.getMessageText();
  const message = typeof text === 'string' ? text : ts.flattenDiagnosticMessageText(text.compilerObject, ' ');
  return `TS${diagnostic.getCode()}: ${message}`;
}

function openProject(config: string | null): Project {
  const options = { noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true };
  const lazily = { skipAddingFilesFromTsConfig: true };
  if (config !== null) {
    const project = new Project({ tsConfigFilePath: config, compilerOptions: options, ...lazily });
    const { fileNames } = ts.parseJsonConfigFileContent(
      ts.readConfigFile(config, ts.sys.readFile).config ?? {},
      ts.sys,
      dirname(config),
    );
    const ambient = fileNames.filter((name) => AMBIENT.test(name)).slice(0, MAX_AMBIENT_FILES);
    for (const name of ambient) project.addSourceFileAtPathIfExists(name);
    return project;
  }
  const { ESNext } = ts.ScriptTarget;
  const { NodeNext } = ts.ModuleKind;
  return new Project({ compilerOptions: { ...options, target: ESNext, module: NodeNext }, ...lazily });
}

/** The nearest tsconfig.json above a file, inside the workspace. */
function nearestConfig(root: string, file: string): string | null {
  for (let folder = dirname(join(root, file)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'tsconfig.json');
    if (statSync(candidate, { throwIfNoEntry: false })?.isFile()) return candidate;
    if (folder === root || folder === dirname(folder)) return null;
  }
}

function hasPackages(root: string, config: string | null): boolean {
  const folders = [root, ...(config === null ? [] : [dirname(config)])];
  return folders.some((folder) => existsSync(join(folder, 'node_modules')));
}

// Checked border: check-types.ts starts this worker with its request.
parentPort?.postMessage(check(workerData as TypeCheckRequest));
