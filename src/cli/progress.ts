import type { WriteStream } from 'node:tty';
import { cleanse } from '../policy.ts';

/** One line of progress on a terminal, plain lines elsewhere. */
export interface ProgressLine {
  readonly show: (done: number, total: number, message: string) => void;
  /** Shows a message at once, also where progress is told seldom. */
  readonly say: (message: string) => void;
  readonly clear: () => void;
}

const PLAIN_EVERY_MS = 5_000;
/** Below so many columns the bar is half as long. */
const WIDE_COLUMNS = 100;
const DEFAULT_COLUMNS = 80;

/** Shows progress on `stream`: rewritten in place on a terminal, a line every five seconds otherwise. */
export function openProgress(stream: WriteStream | NodeJS.WritableStream): ProgressLine {
  const terminal = 'isTTY' in stream && stream.isTTY === true;
  let lastPlainMs = Number.NEGATIVE_INFINITY;
  let shown = false;
  const line: ProgressLine = {
    show(done, total, said) {
      // What is being done may be called by names from outside.
      const message = cleanse(said).replace(/\s+/g, ' ');
      if (terminal) {
        // A terminal that was never told its size says 0.
        const given = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 0;
        const columns = given > 0 ? given : DEFAULT_COLUMNS;
        stream.write(
          `\r\u001b[2K${shorten(bar(done, total, columns < WIDE_COLUMNS ? 10 : 20), message, columns)}`,
        );
        shown = true;
      } else if (performance.now() - lastPlainMs >= PLAIN_EVERY_MS) {
        lastPlainMs = performance.now();
        stream.write(`${total > 0 ? `${Math.floor(done)}/${total} ` : ''}${message}\n`);
      }
    },
    say(message) {
      lastPlainMs = Number.NEGATIVE_INFINITY;
      line.show(0, 0, message);
    },
    clear() {
      if (shown) stream.write('\r\u001b[2K');
      shown = false;
    },
  };
  return line;
}

function bar(done: number, total: number, width: number): string {
  if (total <= 0) return '';
  const filled = Math.round((Math.min(done, total) / total) * width);
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${Math.floor(done)}/${total} `;
}

function shorten(lead: string, message: string, columns: number): string {
  const room = columns - 1;
  const whole = `${columns < 60 ? '' : lead}${message}`;
  return whole.length > room ? `${whole.slice(0, Math.max(0, room - 1))}…` : whole;
}
