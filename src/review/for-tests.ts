import { familyOf, type LanguageName } from '../rag/languages.ts';
import type { LeanNode } from '../rag/lean-node.ts';
import { membersOf, type SourceText } from './syntax/source-text.ts';

/** Libraries of Go that check what a test sees; no service imports them. */
const GO_CHECKS = /"github\.com\/(onsi\/(ginkgo|gomega)|stretchr\/testify)(\/[\w/]+)?"/;
/** Java files named for what they are to tests: `WebTestUtils.java`. */
const JAVA_HELPERS = /(^|[a-z/])Tests?(Utils?|Helpers?|Supports?|Fixtures?|Suite|Case|Base)\.java$/;

/** Packages of JavaScript that run or feed tests; no service imports them. */
const JS_CHECKS =
  /^(import\b[^;'"]*|(const|let|var)\b[^;='"]*=\s*require\(\s*)['"](vitest|@jest\/globals|mocha|chai|sinon|supertest|nock|msw|mongodb-memory-server|testcontainers|@testcontainers\/[\w-]+|@playwright\/test|cypress)(\/[\w-]+)?['"]/m;

/** Whether a file helps tests, though neither its folder nor the end of its name says so. */
export function isOfTests(file: string, text: string, language: LanguageName): boolean {
  if (language === 'go') return GO_CHECKS.test(text);
  if (familyOf(language) === 'javascript') return JS_CHECKS.test(text) && !text.includes('.listen(');
  return language === 'java' && JAVA_HELPERS.test(file);
}

/** A name that says that it is for tests, and nothing else: `config.skipVerifyForTests`, `TestOnly`, `IS_TESTING`. */
const FOR_TESTS =
  /^[\w.]*((TestOnly|TestingOnly|ForTests?|ForTesting|_test_only|_for_tests?|_for_testing)|\b(is|IS)_?(Test|TEST|test)(ing|ING|Mode|_MODE|_mode)?(\(\))?)$/;

/** What names the place where a program runs: `NODE_ENV`, `config.env`, `env.instance_type`, `environment.name`, `settings.ENVIRONMENT`, `os.Getenv("APP_ENV")`. */
const PLACE = String.raw`[\w.?]*(env|environment|mode|stage)([._](instance_?)?(type|name|kind))?(\(\)|\(["']\w*(env|environment|mode|stage)["']\)|\[["']\w*(env|environment|mode|stage)["']\])?`;
const ONLY_HERE = new RegExp(
  `^${PLACE}\\s*===?\\s*['"](test|testing|dev|develop|development|local)['"]$`,
  'i',
);
const NOT_THERE = new RegExp(`^${PLACE}\\s*!==?\\s*['"]prod(uction)?['"]$`, 'i');
const THERE = new RegExp(`^${PLACE}\\s*===?\\s*['"]prod(uction)?['"]$`, 'i');
const IS_THERE = /^[\w.?]*\bis_?prod(uction)?(\(\))?$/i;
const IS_NOT_THERE = /^(!|not\s)\s*[\w.?]*\bis_?prod(uction)?(\(\))?$/i;

/** The mode of developers: `settings.DEBUG`, `app.debug`, `cfg.DebugMode`, `isDev()`, `GetBool("DEBUG")`, `import.meta.env.DEV`. */
const DEVELOPMENT =
  /^[\w.?]*((?<![A-Za-z])debug|Debug|DEBUG|(?<![A-Za-z])(is)?_?(dev|development)|isDev|isDevelopment|IsDev|IsDevelopment|DevMode|devMode|dev_mode|DEV|__DEV__)(_?[mM]ode|_MODE|Enabled|_enabled)?(\(\))?$|^[\w.]+\(["']DEBUG["']\)$/;

const DEVELOPERS = [FOR_TESTS, ONLY_HERE, NOT_THERE, IS_NOT_THERE, DEVELOPMENT];

const GO_FUNCTIONS = ['function_declaration', 'method_declaration'] as const;

/**
 * Whether a place stands in a branch that only an option of tests or the mode of developers opens, or in a function of
 * Go that takes a test.
 */
export function isForTestsOrDebug(source: SourceText, offset: number): boolean {
  if (source.language === 'go' && takesTest(source, offset)) return true;
  if (!/test|debug|dev|prod|local/i.test(source.text)) return false;
  if (source.language === 'python' && isPastAssertion(source, offset)) return true;
  return source.nodes('if_statement').some((one) => {
    const condition = one.child('condition');
    const bare = condition?.type === 'parenthesized_expression' ? membersOf(condition)[0] : condition;
    const text = bare?.text ?? '';
    if (one.end <= offset && holds(one.parent, offset)) return endsInProduction(one, text);
    if (holds(one.child('consequence'), offset)) return opensForDevelopers(text);
    return holds(one.child('alternative'), offset) && (THERE.test(text) || IS_THERE.test(text));
  });
}

/** `if (isProduction) return;`: what follows in the block runs elsewhere only. */
function endsInProduction(guard: LeanNode, condition: string): boolean {
  const ends = /^[{:]?\s*(return|throw|raise)\b/.test(guard.child('consequence')?.text ?? '');
  return ends && guard.child('alternative') === null && (THERE.test(condition) || IS_THERE.test(condition));
}

/** `assert settings.ENV != 'production'`: what follows in the block runs elsewhere only. */
function isPastAssertion(source: SourceText, offset: number): boolean {
  return source
    .nodes('assert_statement')
    .some(
      (one) =>
        one.end <= offset && holds(one.parent, offset) && opensForDevelopers(membersOf(one)[0]?.text ?? ''),
    );
}

function holds(branch: LeanNode | null, offset: number): boolean {
  return branch !== null && branch.start <= offset && offset < branch.end;
}

function opensForDevelopers(condition: string): boolean {
  return condition
    .split(/&&|\band\b/)
    .map((part) => part.trim().replace(/^\(([^()]*)\)$/, '$1'))
    .some((part) => DEVELOPERS.some((sign) => sign.test(part)));
}

function takesTest(source: SourceText, offset: number): boolean {
  if (!source.text.includes('"testing"')) return false;
  return functionsAround(source, offset).some((one) =>
    /\btesting\.(TB|[TBFM])\b/.test(one.child('parameters')?.text ?? ''),
  );
}

function functionsAround(source: SourceText, offset: number): readonly LeanNode[] {
  return source.nodes(...GO_FUNCTIONS).filter((one) => holds(one, offset));
}
