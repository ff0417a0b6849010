import picomatch from 'picomatch';

/**
 * Makes a test for paths of URLs from patterns such as `/users/**`, as shells have them: `*` and `**` stand for any
 * text, `?` for one character, `{a,b}` for either (picomatch). Case counts; the whole path has to match.
 */
export function matchPaths(patterns: readonly string[]): (path: string) => boolean {
  return picomatch([...patterns], { bash: true });
}
