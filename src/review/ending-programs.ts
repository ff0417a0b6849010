import { familyOf, type LanguageName } from '../rag/languages.ts';
import { isScript } from './syntax/python.ts';

interface Signs {
  /** A program by itself: it runs something as it stands. */
  readonly runs: RegExp;
  /** Others may use what it holds, or it goes on: it serves, works through a queue, or wakes up from time to time. */
  readonly stays: RegExp;
}

const SIGNS: Readonly<Record<string, Signs>> = {
  javascript: {
    runs: /^#!.*\b(node|bun|deno|tsx|ts-node)\b|^((await|void) )?(main|run)\(|^\(async (\(\) =>|function)|\bprocess\.exit\(/m,
    stays:
      /^export\b|\bexports\b|(?<!\bprocess)\.(listen|on|once|subscribe|consume|process|start|run|launch|login)\(|\b(serve|createServer|setInterval|bootstrap\w*|start\w*)\(|\bwhile\s*\(|\bfor\s*(\(\s*;\s*;|await\b)|\b(cron|schedule)|\bnew \w*(Worker|Consumer|Queue|Server|Bot|App|Application)\b|\bNestFactory\b/m,
  },
  go: {
    runs: /^package main\b[\s\S]*^func main\(\)/m,
    stays:
      /\bListenAndServe|\bhttp\.(Server\{|Handle|Serve)|\bnet\.Listen\(|\.(Start|Run|Serve|Listen|Execute|Wait|Accept|Subscribe|Consume)\w*\(|\b([rR]un|[sS]tart|[sS]erve)\w*\(|\bfor\s*\{|\bselect\s*\{|\bNewTicker\(|\bsignal\.Notify|<-/,
  },
};

/** Whether a file is a program that does its work and ends, as far as its own text tells: somebody runs it by hand. */
export function isEndingProgram(text: string, language: LanguageName): boolean {
  const family = familyOf(language);
  if (family === 'python') return isScript(text);
  const signs = SIGNS[family];
  return signs?.runs.test(text) === true && !signs.stays.test(text);
}
