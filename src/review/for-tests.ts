import { membersOf, type SourceText } from './syntax/source-text.ts';

/** A name that says that it is for tests, and nothing else: `config.skipVerifyForTests`, `TestOnly`. */
const FOR_TESTS = /^[\w.]*(TestOnly|TestingOnly|ForTests?|ForTesting|_test_only|_for_tests?|_for_testing)$/;
const TEST_MODE = /^(process\.env\.NODE_ENV|import\.meta\.env\.MODE)\s*===?\s*['"]test['"]$/;

/** Whether a place stands in a branch that only an option of tests opens. */
export function isForTestsOnly(source: SourceText, offset: number): boolean {
  if (!/TestOnly|TestingOnly|ForTest|_test_only|_for_test|['"]test['"]/.test(source.text)) return false;
  return source.nodes('if_statement').some((one) => {
    const branch = one.child('consequence');
    if (branch === null || offset < branch.start || branch.end <= offset) return false;
    const condition = one.child('condition');
    const bare = condition?.type === 'parenthesized_expression' ? membersOf(condition)[0] : condition;
    return (bare?.text ?? '')
      .split(/&&|\band\b/)
      .some((part) => FOR_TESTS.test(part.trim()) || TEST_MODE.test(part.trim()));
  });
}
