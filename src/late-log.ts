import type { Logger, LogLevel } from './log.ts';

interface Write {
  (fields: Readonly<Record<string, unknown>>, message: string): void;
  (message: string): void;
}

/** What a session writes to its log. */
export interface SessionLog {
  readonly error: Write;
  readonly warn: Write;
}

/** A log as `openLog` gives it, which is loaded and opened with its first line: most sessions write none. */
export function openLateLog(level: LogLevel): SessionLog {
  let opened: Promise<Logger> | null = null;
  const open = () => {
    opened ??= import('./log.ts').then(({ openLog }) => openLog(level));
    return opened;
  };
  const late =
    (name: 'error' | 'warn'): Write =>
    (first: unknown, message?: string) =>
      void open().then((log) => log[name](first, message));
  return { error: late('error'), warn: late('warn') };
}
