import { type Logger, pino } from 'pino';
import { redact } from './policy.ts';

export type { Logger } from 'pino';
export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

/** Opens the log. It writes to stderr: stdout belongs to the protocol. Secrets are masked, under whatever name. */
export function openLog(level: LogLevel, fd = 2): Logger {
  return pino(
    {
      level,
      base: null,
      hooks: { streamWrite: redact },
      redact: {
        paths: ['authorization', 'cookie', '*.authorization', '*.cookie', '*.password'],
        censor: '***',
      },
    },
    pino.destination({ fd, sync: true }),
  );
}
