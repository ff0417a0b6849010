import { posix } from 'node:path';
import { familyOf, type LanguageName } from '../rag/languages.ts';
import { isEndingProgram } from './ending-programs.ts';
import { importsCommands, startsServing } from './service-code.ts';

/** What answers a request in Go. */
const HANDLES = /\bhttp\.ResponseWriter\b|\b(gin|fiber|echo|iris)\.(Context|Ctx)\b|\bpb\.\w+Server\b/;

/**
 * Gives the files of Go packages that hold the commands of a program, and in which nothing answers a request: what
 * starts no server there is a part of a command.
 */
export function listCommandParts(texts: ReadonlyMap<string, string>): ReadonlySet<string> {
  const commands = new Set<string>();
  const services = new Set<string>();
  const ofGo = [...texts].filter(([file]) => file.endsWith('.go'));
  for (const [file, text] of ofGo) {
    const folder = posix.dirname(file);
    if (/^package main\b/m.test(text) || HANDLES.test(text)) services.add(folder);
    if (importsCommands(text, 'go')) commands.add(folder);
  }
  const isPart = ([file, text]: readonly [string, string]) =>
    commands.has(posix.dirname(file)) && !services.has(posix.dirname(file)) && !startsServing(text);
  return new Set(ofGo.filter(isPart).map(([file]) => file));
}

/** Whether a file is a program among the tools of a service that does its work and ends: `src/tools/move-orders.ts`. */
export function isTool(file: string, text: string, language: LanguageName): boolean {
  if (familyOf(language) === 'python' || !/(^|\/)(tools?|utils)\//.test(file)) return false;
  // A tool goes through what there is, to its end; what waits for more lies elsewhere.
  return isEndingProgram(text.replace(/\bfor await\b/g, 'for'), language);
}
