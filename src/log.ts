import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';
export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** Opens the log. It writes to stderr only: stdout belongs to the protocol. */
export function openLog(level: LogLevel): Logger {
  return pino(
    {
      level,
      base: null,
      redact: {
        paths: ['authorization', 'cookie', '*.authorization', '*.cookie', '*.password'],
        censor: '***',
      },
    },
    pino.destination({ fd: 2, sync: true }),
  );
}
