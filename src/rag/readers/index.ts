import type { LanguageName } from '../languages.ts';
import type { Reader } from '../reader.ts';
import csharp from './csharp.ts';
import go from './go.ts';
import java from './java.ts';
import php from './php.ts';
import python from './python.ts';
import ruby from './ruby.ts';
import rust from './rust.ts';
import script from './script.ts';

const READERS: readonly Reader[] = [python, script, go, java, csharp, ruby, php, rust];

/** The reader of each language. */
export const readers: ReadonlyMap<LanguageName, Reader> = new Map(
  READERS.flatMap((reader) => reader.languages.map((language) => [language, reader] as const)),
);
