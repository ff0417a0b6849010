import { familyOf, type LanguageName } from '../rag/languages.ts';
import type { SourceText } from './syntax/source-text.ts';

/** Folders, by their whole names, whose code is of tests, tools, examples or a machine, and not of the service. */
const FOLDERS = [
  /tests?/,
  /extras?/,
  /contrib/,
  /hack/,
  /[^/]+[-_]examples?/,
  /testing/,
  /([^/]+[-_])?test[_-]?(utils?|helpers?|support|apps?|tools?|servers?|clients?|suites?|harness|framework|kit|bed)/,
  /tests?[-_](int(egration)?|unit|e2e|func(tional)?|perf(ormance)?|load|system|smoke)/,
  /integration[-_]?tests?/,
  /[^/]+test[-_]?(srv|servers?)/,
  /smoke[-_]tests?/,
  /acceptance/,
  /([^/]+[-_])?(fakes?|stubs?|mocks?)/,
  /(fake|stub|mock)[-_][^/]+/,
  /[^/]+[-_]tests?/,
  /playwright/,
  /examples?/,
  /demos?/,
  /demo[-_][^/]+/,
  /[^/]+[-_]demos?([-_][^/]+)?/,
  /docs?/,
  /docs_src/,
  /doctests?/,
  /([^/]+[_-])?scripts?/,
  /old/,
  /spikes?/,
  /([^/]+[-_])?pocs?/,
  /prototypes?/,
  /attic/,
  /obsolete/,
  /unused/,
  /deprecated/,
  /(load|traffic)[-_]?gen(erators?)?/,
  /quick[-_]?starts?/,
  /cookbooks?/,
  /simulat(e|or)s?([_-][^/]*)?/,
  /playgrounds?/,
  /samples?/,
  /samples?[-_][^/]+/,
  /sdks?/,
  /[^/]+[-_]sdks?/,
  /clients?\/([^/]+[-_])?(js|javascript|ts|typescript|python|go|golang|java|kotlin|ruby|php|rust|csharp|dotnet)/,
  /notebooks?/,
  /experiments?/,
  /(load|stress|perf(ormance)?)[-_]?test(s|er|ing)?/,
  /tutorials?/,
  /dev/,
  /local[-_]server/,
  /(local[-_]dev|dev[-_](env(ironment)?|tools?|stack|setup|proxy))/,
  /(dev|demo|test|example)[-_]?project/,
  /alembic/,
  /([^/]+[-_])?migrations/,
  /migrate/,
  /([^/]+[-_])?migrations?[-_]?(db|scripts?|tools?)/,
  /codegen/,
  /github[-_]actions?/,
  /code-generation/,
  /__[a-z0-9_]+__/,
  /management\/commands/,
  /docker/,
  /testcontainers/,
  /seeds?/,
  /seeders?/,
  /([^/]+[_-])?cli/,
  /spec/,
  /specs/,
  /e2e/,
  /cypress/,
  /fixtures?/,
  /testdata/,
  /bench(marks?)?/,
  /node_modules/,
  /vendor/,
  /lib\/charms/,
  /third_party/,
  /([^/]+[_-])?dist([_-][^/]*)?/,
  /build/,
].map(({ source }) => source);

/** Files of the same kind, by their names before the ending. */
const FILES = [
  /tests?/,
  /test_[^/]*/,
  /example_[^/]*/,
  /demo_[^/]*/,
  /[^/]*[_-]demo/,
  /cli[_-][^/]*/,
  /[^/]*_cli/,
  /locustfile/,
  /seed([_-][^/]*)?/,
  /migrat(e|or|ions)/,
  /conftest/,
  /[^/]*dev[-_]server/,
  /[^/]*_test/,
  /(bin|src|server)\/dev/,
  /[^/]*[_.-](dev|development|local_debug)(\.(conf|config|settings))?/,
  /dev[-_](server|proxy|app|main)/,
  /(settings|config|conf)\/(dev|devel|devstack|development)/,
  /settings\/local/,
  /[^/]*[.-]([a-z]*test|spec|e2e|stories|bench|backup|config|min)/,
  /[^/]*\.(gen|generated|template|sample|example)/,
].map(({ source }) => source);

const TEST_PATH = new RegExp(`^tools/|(^|/)(${FOLDERS.join('|')})/|(^|/)(${FILES.join('|')})\\.[a-z]+$`, 'i');

/**
 * What is run by hand: installers, programs that try something, and evaluations and sandboxes at the root of a
 * package; below the sources these two are parts of a service, and in Go a folder at the root is a package of it.
 */
const BY_HAND =
  /^((packages|apps|services)\/[^/]+\/)?(evaluations?|evals?|sandbox(es)?|benchmarking)\/(?!.*\.go$)|(^|\/)bin\/install(er)?(\/|\.[a-z]+$)|^(install(er)?|integration)\/|(^|\/)cmd\/(tests?[-_][^/]+|install(er)?)\//i;

/** Whether a file is code of the service, and not of its tests, its tools or a machine. */
export function isServiceCode(file: string): boolean {
  return (
    !TEST_PATH.test(file) && !BY_HAND.test(file) && !/(^|\/)\./.test(file) && !/\.d\.[cm]?ts$/.test(file)
  );
}

/** What stands at the root of a project that people copy. */
const PROJECT =
  /(^|\/)(package\.json|go\.mod|pyproject\.toml|requirements\.txt|pom\.xml|build\.gradle(\.kts)?)$/;
const COPIED_BY_PEOPLE = /(^|\/)(templates?|starters?|starter[-_]kits?|boilerplates?|blueprints?)\/(.+\/)?$/i;

/** Folders, with a slash at the end, of whole projects among the templates: others begin theirs with a copy. */
export function listTemplateProjects(manifests: readonly string[]): readonly string[] {
  return manifests
    .filter((file) => PROJECT.test(file))
    .map((file) => file.slice(0, file.lastIndexOf('/') + 1))
    .filter((folder) => COPIED_BY_PEOPLE.test(folder));
}

/** Packages of others that projects of Python copy into a folder of their own. */
const COPIED =
  /^(.*\/)?(requests|urllib3|certifi|idna|chardet|charset_normalizer|pytz|dateutil|yaml|flask|jinja2|werkzeug|sqlalchemy|markupsafe|click|bs4|lxml|simplejson|apprise|dns|cherrypy|mako)\/__init__\.py$|^(.*\/)six\.py$/;
const MIN_COPIED = 3;

/** Folders, with a slash at the end, that hold copies of three or more packages of others. */
export function listCopiedFolders(files: readonly string[]): readonly string[] {
  const packages = new Map<string, number>();
  for (const file of files) {
    const found = COPIED.exec(file);
    const folder = found?.[1] ?? found?.[3];
    if (folder !== undefined) packages.set(folder, (packages.get(folder) ?? 0) + 1);
  }
  return [...packages].filter(([, count]) => count >= MIN_COPIED).map(([folder]) => folder);
}

/** Libraries that commands are made with, as files import them. */
const COMMANDS: Readonly<Record<string, RegExp>> = {
  go: /"github\.com\/(spf13\/cobra|urfave\/cli(\/v\d+)?|alecthomas\/kong)"/,
  python: /^\s*(from|import)\s+(argparse|click|typer|fire|docopt)\b/m,
  javascript:
    /(\bfrom|\brequire\()\s*['"](commander|yargs|@oclif\/core|cac|meow|inquirer|prompts|@clack\/prompts|minimist)['"]/,
};
/** What a command that starts a service does in the same file. */
const SERVES =
  /\.listen\(|\bListenAndServe|\bhttp\.Server\{|\bnet\.Listen\(|\b(fastapi|flask|django|starlette|aiohttp|tornado|sanic|celery|uvicorn|grpc)\b/i;

/** A program of Python, as its first line says, that reads its arguments at the top level: importing it would run it. */
const PYTHON_TOOL =
  /^#!.*\bpython[\s\S]*^(?!if __name__|from\b|import\b|def\b|class\b)\w[^\n]*\bsys\.argv\b/m;
/** What goes on until it is ended. */
const PYTHON_STAYS =
  /\bwhile (True|1)\b|_forever\(|^\s*(from|import) (http\.server|socketserver|wsgiref|websockets|pika|schedule|apscheduler)\b|\.(start_)?consum\w+\(|\.start\(|\.listen\(/m;

/** A program of Go that reads its arguments. */
const GO_TOOL = /^package main\b[\s\S]*(\bflag\.(Parse|String|Int|Bool)\w*\(|\bos\.Args\b)/m;
/** What starts, or hands its work to what starts, something that stays. */
const STARTS = /\.(Start|Run|Serve|Listen|Execute|Wait)\w*\(|\bListenAndServe|\bsql\.Open|\bhttp\.Handle/;
/** Starts and waits for another program: `cmd.Run()` of os/exec. */
const RUNS_PROGRAM = /\b(\w+) :?= exec\.Command(Context)?\(/g;

/** Whether a file imports a library that commands are made with. */
export function importsCommands(text: string, language: LanguageName): boolean {
  return COMMANDS[familyOf(language)]?.test(text) === true;
}

/** Whether a file starts something that answers others. */
export function startsServing(text: string): boolean {
  return SERVES.test(text);
}

/** A Go file that no build takes in or that is a tool, a Python file that is a template, and a program of the command line that serves nobody. */
export function isNoCode(text: string, language: LanguageName): boolean {
  if (importsCommands(text, language) && !SERVES.test(text)) return true;
  if (language === 'go')
    return (
      /^\/\/(go:build ignore|\s*\+build ignore)\s*$/m.test(text) ||
      (GO_TOOL.test(text) && !STARTS.test(leaveOutPrograms(text)))
    );
  if (language !== 'python') return false;
  if (PYTHON_TOOL.test(text) && !SERVES.test(text) && !PYTHON_STAYS.test(text)) return true;
  return /^(\{%-?\s*\w|\w+\s*=\s*sys\.argv\[)/m.test(text);
}

/** A Go text without the starts of other programs, which stay no longer than they need. */
function leaveOutPrograms(text: string): string {
  const names = [...text.matchAll(RUNS_PROGRAM)].map((match) => match[1] ?? '');
  return names.reduce(
    (rest, name) => rest.replace(new RegExp(`\\b${name}\\.(Start|Run|Wait)\\(\\)`, 'g'), ''),
    text,
  );
}

/** Commands of click, Typer and Flask; those of a bot answer people. */
const COMMAND = /^@(click\.|typer\.|(\w+\.)*\w*cli\.(command|group)\b|(\w+\.)?\w+\.command\b)/;

/** Whether a place of a Python file stands in a function that only the command line calls. */
export function isInCommand(source: SourceText, offset: number): boolean {
  if (source.language !== 'python' || !/\b(click|typer|cli)\b/.test(source.text)) return false;
  return source
    .nodes('decorated_definition')
    .some(
      (one) =>
        one.start <= offset &&
        offset < one.end &&
        one.children.some(
          (child) => child.type === 'decorator' && COMMAND.test(child.text) && !/^@bot\./.test(child.text),
        ),
    );
}
