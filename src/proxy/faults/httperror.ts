import { z } from 'zod';
import { quote } from '../../units.ts';
import { defineFault, type Split } from '../fault.ts';

const keys = {
  status_code: z.int().min(200).max(599).default(500).describe('status of the answer'),
  body: z.string().optional().describe('body of the answer; default: a short JSON object'),
  headers: z.record(z.string(), z.string()).optional().describe('headers of the answer, such as Retry-After'),
  phase: z
    .enum(['request', 'response'])
    .default('request')
    .describe('request: the upstream never sees the request; response: its answer is replaced'),
};

const params = z.strictObject(keys).superRefine(({ headers }, context) => {
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[\r\n\0]/.test(value)) {
      context.addIssue({
        code: 'custom',
        path: ['headers', name],
        message: `${quote(name)} is no valid header`,
      });
    }
  }
});

export default defineFault({
  type: 'httperror',
  summary: 'Answers with a complete HTTP error, in place of the upstream or of its answer.',
  keys,
  mainKey: 'status_code',
  params,
  written: ['status_code'],
  needsHttp: true,
  flows: ({ phase }) => [phase],
  describe: ({ status_code: status, phase }) =>
    phase === 'request'
      ? `answer ${status} without the upstream`
      : `answer ${status} in place of the upstream’s`,
  start({ status_code: status, body, headers = {} }) {
    const text = body ?? `{"error":"injected fault","status":${status}}\n`;
    const typed = Object.keys(headers).some((name) => name.toLowerCase() === 'content-type');
    const type = body === undefined ? 'application/json' : guessType(body);
    const act = {
      do: 'answer',
      status,
      headers: typed ? headers : { 'content-type': type, ...headers },
      body: text,
    } as const;
    return {
      begin: () => ({
        pass({ kind, atMs }): number | Split {
          return kind === 'head' ? { departures: [], act: { atMs, act } } : atMs;
        },
      }),
    };
  },
});

function guessType(body: string): string {
  if (/^\s*[[{]/.test(body)) return 'application/json';
  return /^\s*</.test(body) ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
}
