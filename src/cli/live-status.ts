import { openProgress } from './progress.ts';

/** What goes on, while a command is held open. */
export interface LiveStatus {
  /** Reads anew and shows it. */
  refresh(): Promise<void>;
  end(): void;
}

/** Shows `read()` in one line that is rewritten on a terminal; elsewhere a line where it changed. */
export function openLiveStatus(stream: NodeJS.WritableStream, read: () => Promise<string>): LiveStatus {
  const progress = openProgress(stream);
  const isTerminal = 'isTTY' in stream && stream.isTTY === true;
  let shown: string | null = null;
  let ended = false;
  return {
    async refresh() {
      const text = await read();
      // It may have ended while it was read, and its line been cleared.
      if (ended || text === shown) return;
      shown = text;
      if (isTerminal) progress.show(0, 0, text);
      else stream.write(`${text}\n`);
    },
    end() {
      ended = true;
      progress.clear();
    },
  };
}
