import { parseArgs } from 'node:util';
import { AppError } from '../errors.ts';
import { parseListenAddress } from '../listen-address.ts';
import type { AnyTool } from '../tools/tool.ts';
import { quote } from '../units.ts';

export interface HttpAddress {
  readonly host: string;
  readonly port: number;
}

export interface ServeFlags {
  readonly root: string | null;
  /** `null`: over stdin and stdout. */
  readonly http: HttpAddress | null;
  /** `null`: all. */
  readonly tools: readonly AnyTool[] | null;
  readonly structuredOutput: boolean;
}

/**
 * Reads the flags of `serve`; `null`: the help is asked for. The tools are loaded only to choose among them.
 *
 * @throws AppError BAD_INPUT
 */
export async function readServeFlags(argv: readonly string[]): Promise<ServeFlags | null> {
  const values = parse(argv);
  if (values.help === true) return null;
  const readOnly = values['read-only'] ?? false;
  return {
    root: values.root ?? null,
    http: values.http === undefined ? null : readAddress(values.http),
    tools:
      values.tools === undefined && !readOnly
        ? null
        : (await import('./choose-tools.ts')).chooseTools(values.tools, readOnly),
    structuredOutput: values['structured-output'] ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        root: { type: 'string' },
        http: { type: 'string' },
        tools: { type: 'string', multiple: true },
        'read-only': { type: 'boolean' },
        'structured-output': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    const seen = cause instanceof Error ? (cause.message.split('. ')[0] ?? '') : String(cause);
    throw new AppError('BAD_INPUT', `serve: ${seen.replace(/\.?$/, '.')}`, {
      hint: 'breakwater serve --help lists the flags.',
      cause,
    });
  }
}

/** Reads `HOST:PORT`; the host may be left out, which is 127.0.0.1. */
function readAddress(address: string): HttpAddress {
  const read = parseListenAddress(address);
  if (read === null) {
    throw new AppError('BAD_INPUT', `--http: expected HOST:PORT, got ${quote(address)}.`, {
      hint: 'For example --http 127.0.0.1:7788.',
    });
  }
  return { host: read.host || '127.0.0.1', port: read.port };
}
