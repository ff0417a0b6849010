/** Languages that the index parses. */
export type LanguageName =
  | 'python'
  | 'javascript'
  | 'typescript'
  | 'tsx'
  | 'go'
  | 'java'
  | 'csharp'
  | 'ruby'
  | 'rust'
  | 'php';

/** Every language, with the file that holds its grammar and the endings of its files. */
export const LANGUAGES: Readonly<
  Record<LanguageName, { readonly grammar: string; readonly endings: readonly string[] }>
> = {
  python: { grammar: 'python', endings: ['.py', '.pyi'] },
  // The JavaScript grammar reads JSX too.
  javascript: { grammar: 'javascript', endings: ['.js', '.mjs', '.cjs', '.jsx'] },
  typescript: { grammar: 'typescript', endings: ['.ts', '.mts', '.cts'] },
  tsx: { grammar: 'tsx', endings: ['.tsx'] },
  go: { grammar: 'go', endings: ['.go'] },
  java: { grammar: 'java', endings: ['.java'] },
  csharp: { grammar: 'c-sharp', endings: ['.cs'] },
  ruby: { grammar: 'ruby', endings: ['.rb', '.ru'] },
  rust: { grammar: 'rust', endings: ['.rs'] },
  php: { grammar: 'php', endings: ['.php'] },
};

const BY_ENDING: ReadonlyMap<string, LanguageName> = new Map(
  (Object.keys(LANGUAGES) as LanguageName[]).flatMap((name) =>
    LANGUAGES[name].endings.map((ending) => [ending, name] as const),
  ),
);

/** Gives the language of a file from its ending; `null`: none that the index parses. */
export function languageOf(file: string): LanguageName | null {
  const dot = file.lastIndexOf('.');
  return dot < 0 ? null : (BY_ENDING.get(file.slice(dot).toLowerCase()) ?? null);
}

/** Languages that import one another and share packages count as one. */
export function familyOf(language: string): string {
  return language === 'typescript' || language === 'tsx' ? 'javascript' : language;
}
