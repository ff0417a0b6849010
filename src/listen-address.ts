import { isIP } from 'node:net';
import { AppError, systemErrorCode } from './errors.ts';

export interface ListenAddress {
  /** As written, without brackets; empty: none before the colon; `null`: a port alone. */
  readonly host: string | null;
  readonly port: number;
}

/** Reads `HOST:PORT`, `[IPv6]:PORT`, `:PORT` or `PORT`; `null`: it is none of them. */
export function parseListenAddress(text: string): ListenAddress | null {
  const match = /^(?:(?:\[([^\]]*)\]|([^:[\]]*)):)?(\d{1,5})$/.exec(text);
  const [, bracketed, plain, digits] = match ?? [];
  const port = Number(digits);
  if (match === null || port > 65_535) return null;
  if (bracketed !== undefined && isIP(bracketed) !== 6) return null;
  return { host: bracketed ?? plain ?? null, port };
}

/** Says why a server could not listen; `hints`: what to do when the port is taken, and when it is something else. */
export function explainListenError(
  error: unknown,
  { host, port }: { readonly host: string; readonly port: number },
  hints: { readonly taken: string; readonly other: string },
): AppError {
  const code = systemErrorCode(error);
  if (code === 'EADDRINUSE') {
    return new AppError('PORT_IN_USE', `Port ${port} is taken by another program.`, {
      hint: hints.taken,
      cause: error,
    });
  }
  return new AppError(
    'BAD_INPUT',
    `${host} port ${port} cannot be listened on (${code ?? 'unknown reason'}).`,
    {
      hint: hints.other,
      cause: error,
    },
  );
}
