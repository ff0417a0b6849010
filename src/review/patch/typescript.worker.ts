import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type Diagnostic, Project, ts } from 'ts-morph';
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

/** Compares the compiler's errors in the files of a patch, and in those that import them, before and after it. */
function check({ root, files, addsPackages }: TypeCheckRequest): TypeCheckResult {
  const groups = new Map<string | null, Group>();
  for (const file of files) {
    const owner = findProject(root, file.file);
    const known = groups.get(owner.config);
    groups.set(owner.config, { owner, files: [...(known?.files ?? []), file] });
  }
  const results = [...groups.values()].flatMap((group) => checkGroup(root, group, addsPackages));
  return {
    errors: results.flatMap((one) => one.errors ?? []),
    unsure: results.filter((one) => one.errors === null && one.isPatched).map((one) => one.file),
    importers: results.filter((one) => one.errors !== null && !one.isPatched).length,
  };
}

interface Group {
  readonly owner: TypeProject;
  readonly files: readonly CheckedFile[];
}

interface FileResult {
  readonly file: string;
  /** Else it imports a file of the patch, and is as it was. */
  readonly isPatched: boolean;
  /** `null`: what it imports is not installed, so nothing can be told. */
  readonly errors: readonly NewError[] | null;
}

function checkGroup(root: string, { owner, files }: Group, addsPackages: boolean): FileResult[] {
  const project = openProject(owner);
  const complete = !addsPackages && hasPackages(root, owner.config);
  const targets = files.map(({ file }) => join(root, file).replaceAll('\\', '/'));
  const importers = listImporters(targets, owner.fileNames, project.getCompilerOptions()).map((path) => ({
    file: relative(root, path).replaceAll('\\', '/'),
    path,
  }));
  const before = readErrors(project, root, { files, importers, textOf: ({ oldText }) => oldText });
  const after = readErrors(project, root, { files, importers, textOf: ({ newText }) => newText });
  const patched = new Set(files.map(({ file }) => file));
  return [...patched, ...importers.map(({ file }) => file)].map((file) => {
    const old = before.get(file) ?? [];
    const fresh = withoutKnown(after.get(file) ?? [], old.map(keyOf));
    const unsure = old.some(isUnresolved) || (!complete && fresh.some(isUnresolved));
    const errors = fresh.map((one) => ({ file, line: one.getLineNumber() ?? 1, message: keyOf(one) }));
    return { file, isPatched: patched.has(file), errors: unsure ? null : errors };
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

interface Texts {
  readonly files: readonly CheckedFile[];
  readonly importers: readonly { readonly file: string; readonly path: string }[];
  readonly textOf: (file: CheckedFile) => string | null;
}

function readErrors(
  project: Project,
  root: string,
  { files, importers, textOf }: Texts,
): ReadonlyMap<string, readonly Diagnostic[]> {
  const patched = files.flatMap((file) => {
    const text = textOf(file);
    if (text === null) return [];
    return [
      { file: file.file, source: project.createSourceFile(join(root, file.file), text, { overwrite: true }) },
    ];
  });
  const others = importers.flatMap(({ file, path }) => {
    const source = project.addSourceFileAtPathIfExists(path);
    return source === undefined ? [] : [{ file, source }];
  });
  const isError = (one: Diagnostic) => one.getCategory() === ts.DiagnosticCategory.Error;
  return new Map(
    [...patched, ...others].map(({ file, source }) => [file, source.getPreEmitDiagnostics().filter(isError)]),
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

// Checked border: check-types.ts starts this worker with its request.
parentPort?.postMessage(check(workerData as TypeCheckRequest));
