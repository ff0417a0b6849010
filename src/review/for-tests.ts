import type { LanguageName } from '../rag/languages.ts';
import { membersOf, type SourceText } from './syntax/source-text.ts';

/** Libraries of Go that check what a test sees; no service imports them. */
const GO_CHECKS = /"github\.com\/(onsi\/(ginkgo|gomega)|stretchr\/testify)(\/[\w/]+)?"/;
/** Java files named for what they are to tests: `WebTestUtils.java`. */
const JAVA_HELPERS = /(^|[a-z/])Tests?(Utils?|Helpers?|Supports?|Fixtures?|Suite|Case|Base)\.java$/;

/** Whether a file helps tests, though neither its folder nor the end of its name says so. */
export function isOfTests(file: string, text: string, language: LanguageName): boolean {
  if (language === 'go') return GO_CHECKS.test(text);
  return language === 'java' && JAVA_HELPERS.test(file);
}

/** A name that says that it is for tests, and nothing else: `config.skipVerifyForTests`, `TestOnly`. */
const FOR_TESTS = /^[\w.]*(TestOnly|TestingOnly|ForTests?|ForTesting|_test_only|_for_tests?|_for_testing)$/;
const TEST_MODE = /^(process\.env\.NODE_ENV|import\.meta\.env\.MODE)\s*===?\s*['"]test['"]$/;

/** The mode of developers, as Django, Flask and Node call it. */
const DEVELOPMENT =
  /^((settings\.|(current_)?app\.)?DEBUG|(current_)?app\.debug|process\.env\.NODE_ENV\s*===?\s*['"]development['"])$/;

/**
 * Whether a place stands in a branch that only an option of tests or the mode of developers opens, or in a function of
 * Go that takes a test.
 */
export function isForTestsOrDebug(source: SourceText, offset: number): boolean {
  if (source.language === 'go' && takesTest(source, offset)) return true;
  if (
    !/TestOnly|TestingOnly|ForTest|_test_only|_for_test|['"](test|development)['"]|\bDEBUG\b|\.debug\b/.test(
      source.text,
    )
  )
    return false;
  return source.nodes('if_statement').some((one) => {
    const branch = one.child('consequence');
    if (branch === null || offset < branch.start || branch.end <= offset) return false;
    const condition = one.child('condition');
    const bare = condition?.type === 'parenthesized_expression' ? membersOf(condition)[0] : condition;
    return (bare?.text ?? '')
      .split(/&&|\band\b/)
      .map((part) => part.trim())
      .some((part) => [FOR_TESTS, TEST_MODE, DEVELOPMENT].some((sign) => sign.test(part)));
  });
}

function takesTest(source: SourceText, offset: number): boolean {
  if (!source.text.includes('"testing"')) return false;
  return source
    .nodes('function_declaration', 'method_declaration')
    .some(
      (one) =>
        one.start <= offset &&
        offset < one.end &&
        /\btesting\.(TB|[TBFM])\b/.test(one.child('parameters')?.text ?? ''),
    );
}
