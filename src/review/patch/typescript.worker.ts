import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type Diagnostic, Project, type SourceFile, ts } from 'ts-morph';
import type { TypeCheckRequest, TypeCheckResult } from './check-types.ts';
import { listImporters } from './importing-files.ts';
import { findProject, type TypeProject } from './owning-project.ts';

/** Codes that say that a name, a module or its types were not found, as when packages are not installed. */
const UNRESOLVED = new Set([2304, 2307, 2503, 2552, 2580, 2584, 2591, 2688, 2792, 7016]);

/** Files that add to types of others: Express's Request, for one, gets its `user` this way. */
const AMBIENT = /\.d\.[cm]?ts$/i;
const MAX_AMBIENT_FILES = 200;

type CheckedFile = TypeCheckRequest['files'][number];
type NewError = TypeCheckResult['errors'][number];

/**
 * Compares the compiler's errors in the files of a patch before and after it, and answers; then in the files that
 * import them, which may take longer than there is time for, and answers again.
 */
function check(
  { root, files, addsPackages }: TypeCheckRequest,
  answer: (result: TypeCheckResult) => void,
): void {
  const groups = listGroups(root, files, addsPackages);
  const patched = groups.flatMap((group) => checkPatched(root, group));
  const unsure = patched.filter((one) => one.errors === null).map((one) => one.file);
  const errors = patched.flatMap((one) => one.errors ?? []);
  answer({ errors, unsure, importers: 0, isLast: errors.length > 0 });
  if (errors.length > 0) return;
  const others = groups.flatMap((group) => checkImporters(root, group)).filter((one) => one.errors !== null);
  answer({
    errors: others.flatMap((one) => one.errors ?? []),
    unsure,
    importers: others.length,
    isLast: true,
  });
}

/** The files of a patch that one project owns. */
interface Group {
  readonly owner: TypeProject;
  readonly project: Project;
  readonly files: readonly CheckedFile[];
  /** Whether what is not found is wrong, and not just not installed. */
  readonly complete: boolean;
}

function listGroups(root: string, files: readonly CheckedFile[], addsPackages: boolean): Group[] {
  const owners = files.map(({ file }) => findProject(root, file));
  const configs = [...new Set(owners.map((owner) => owner.config))];
  return configs.flatMap((config) => {
    const owner = owners.find((one) => one.config === config);
    if (owner === undefined) return [];
    const owned = files.filter((_, index) => owners[index]?.config === config);
    const complete = !addsPackages && hasPackages(root, config);
    return [{ owner, project: openProject(owner), files: owned, complete }];
  });
}

interface FileResult {
  readonly file: string;
  /** `null`: what it imports is not installed, so nothing can be told. */
  readonly errors: readonly NewError[] | null;
}

/** Leaves the project with the texts after the patch. */
function checkPatched(root: string, group: Group): FileResult[] {
  const before = readErrors(setTexts(root, group, ({ oldText }) => oldText));
  const after = readErrors(setTexts(root, group, ({ newText }) => newText));
  return group.files.map(({ file }) => compare(file, { before, after }, group));
}

/** Looks at the importers before the patch only when something is wrong with one after it. */
function checkImporters(root: string, group: Group): FileResult[] {
  const { project, owner, files } = group;
  const targets = files.map(({ file }) => toSlashes(join(root, file)));
  const importers = listImporters(targets, owner.fileNames, project.getCompilerOptions()).flatMap((path) => {
    const source = project.addSourceFileAtPathIfExists(path);
    return source === undefined ? [] : [{ file: toSlashes(relative(root, path)), source }];
  });
  const after = readErrors(importers);
  const wrong = importers.filter(({ file }) => (after.get(file) ?? []).length > 0);
  if (wrong.length > 0) setTexts(root, group, ({ oldText }) => oldText);
  const before = readErrors(wrong);
  return importers.map(({ file }) => compare(file, { before, after }, group));
}

type Errors = ReadonlyMap<string, readonly FoundError[]>;

function compare(
  file: string,
  { before, after }: { before: Errors; after: Errors },
  { complete }: Group,
): FileResult {
  const old = before.get(file) ?? [];
  const fresh = withoutKnown(
    after.get(file) ?? [],
    old.map((one) => one.message),
  );
  const isUnsure = old.some(isUnresolved) || (!complete && fresh.some(isUnresolved));
  return { file, errors: isUnsure ? null : fresh.map(({ line, message }) => ({ file, line, message })) };
}

/** Errors without those of before, each of which excuses one like it. */
function withoutKnown(errors: readonly FoundError[], known: string[]): FoundError[] {
  return errors.filter(({ message }) => {
    const at = known.indexOf(message);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}

function isUnresolved({ code }: FoundError): boolean {
  return UNRESOLVED.has(code);
}

interface CheckedSource {
  readonly file: string;
  readonly source: SourceFile;
}

function setTexts(
  root: string,
  { project, files }: Group,
  textOf: (file: CheckedFile) => string | null,
): CheckedSource[] {
  return files.flatMap((file) => {
    const text = textOf(file);
    if (text === null) return [];
    const source = project.createSourceFile(join(root, file.file), text, { overwrite: true });
    return [{ file: file.file, source }];
  });
}

/** An error of the compiler, read at once: what it says of lines is lost when texts change. */
interface FoundError {
  readonly code: number;
  readonly line: number;
  readonly message: string;
}

function readErrors(sources: readonly CheckedSource[]): Errors {
  const isError = (one: Diagnostic) => one.getCategory() === ts.DiagnosticCategory.Error;
  const toFound = (one: Diagnostic) => ({
    code: one.getCode(),
    line: one.getLineNumber() ?? 1,
    message: keyOf(one),
  });
  return new Map(
    sources.map(({ file, source }) => [file, source.getPreEmitDiagnostics().filter(isError).map(toFound)]),
  );
}

/** The same error keeps its key when lines above it move. */
function keyOf(diagnostic: Diagnostic): string {
  const text = diagnostic.getMessageText();
  const message = typeof text === 'string' ? text : ts.flattenDiagnosticMessageText(text.compilerObject, ' ');
  return `TS${diagnostic.getCode()}: ${message}`;
}

function openProject({ config, fileNames }: TypeProject): Project {
  const options = { noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true };
  const lazily = { skipAddingFilesFromTsConfig: true };
  if (config !== null) {
    const project = new Project({ tsConfigFilePath: config, compilerOptions: options, ...lazily });
    const ambient = fileNames.filter((name) => AMBIENT.test(name)).slice(0, MAX_AMBIENT_FILES);
    for (const name of ambient) project.addSourceFileAtPathIfExists(name);
    return project;
  }
  const { ESNext } = ts.ScriptTarget;
  const { NodeNext } = ts.ModuleKind;
  return new Project({ compilerOptions: { ...options, target: ESNext, module: NodeNext }, ...lazily });
}

function hasPackages(root: string, config: string | null): boolean {
  const folders = [root, ...(config === null ? [] : [dirname(config)])];
  return folders.some((folder) => existsSync(join(folder, 'node_modules')));
}

function toSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}

// Checked border: check-types.ts starts this worker with its request.
check(workerData as TypeCheckRequest, (result) => parentPort?.postMessage(result));
