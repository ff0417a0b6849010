import { StringDecoder } from 'node:string_decoder';
import { tame } from '../policy.ts';
import { findErrorLine } from './last-lines.ts';

const MAX_LINES = 200;
const MAX_LINE_CHARACTERS = 2_000;

/** The last lines of an output, bounded in number and in length; before them one that names an error, where none of them does. */
export interface LineRing {
  push(bytes: Buffer): void;
  /** Oldest first; secrets masked, control characters gone; a line without its end counts. */
  read(): readonly string[];
}

/** Opens a ring of the last 200 lines; `secrets` are masked wherever they stand. */
export function openLineRing(secrets: readonly string[]): LineRing {
  const decoder = new StringDecoder('utf8');
  const lines: string[] = [];
  let open = '';
  // Runtimes dump the objects of an error below its message, for hundreds of lines.
  let lostError: string | null = null;
  return {
    push(bytes) {
      const parts = (open + decoder.write(bytes)).split('\n');
      // A program that never ends its line must not fill the memory.
      open = (parts.pop() ?? '').slice(-MAX_LINE_CHARACTERS);
      for (const part of parts) lines.push(part.slice(0, MAX_LINE_CHARACTERS));
      const lost = lines.splice(0, Math.max(0, lines.length - MAX_LINES));
      lostError = findErrorLine(lost) ?? lostError;
    },
    read() {
      const last = [...lines, ...(open === '' ? [] : [open])].slice(-MAX_LINES);
      const before = lostError !== null && findErrorLine(last) === null ? [lostError] : [];
      return [...before, ...last].map((line) => clean(line, secrets));
    },
  };
}

function clean(line: string, secrets: readonly string[]): string {
  const masked = secrets.reduce((text, secret) => text.replaceAll(secret, '***'), line);
  return tame(masked, MAX_LINE_CHARACTERS);
}
