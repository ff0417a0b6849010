import { request } from 'undici';
import { AppError, systemErrorCode } from '../../errors.ts';
import { agentFor } from '../../guarded-fetch.ts';
import { quote } from '../../units.ts';

const TIMEOUT_MS = 10_000;

/**
 * Reads the text at an http(s) URL on this machine or on `allowHosts`; redirects are not followed. Not `fetch`, which refuses ports that a browser
 * must not reach and developers use all the same (6000, 6666).
 *
 * @throws AppError TARGET_UNREACHABLE, LIMIT_EXCEEDED
 */
export async function fetchText(
  url: string,
  limitBytes: number,
  allowHosts: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  try {
    const { statusCode, body } = await request(url, {
      signal: deadline,
      headersTimeout: 0,
      bodyTimeout: 0,
      dispatcher: agentFor(allowHosts),
    });
    if (statusCode !== 200) {
      // What is still on its way ends in an error that is nobody's.
      body.once('error', () => undefined);
      body.destroy();
      throw unreachable(
        url,
        statusCode >= 300 && statusCode < 400
          ? `it answers ${statusCode}, a redirect, which is not followed`
          : `it answers ${statusCode}`,
        null,
      );
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > limitBytes)
        throw new AppError('LIMIT_EXCEEDED', `${quote(url)} gives more than ${limitBytes} bytes.`, {
          hint: 'Save it in the workspace and name the file.',
        });
      chunks.push(chunk);
    }
    return Buffer.concat(chunks).toString('utf8');
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unreachable(url, describeCause(error), error);
  }
}

function unreachable(url: string, why: string, cause: unknown): AppError {
  return new AppError('TARGET_UNREACHABLE', `${quote(url)} could not be read: ${why}.`, {
    hint: 'Start the service, and check host, port and path.',
    retryable: true,
    cause,
  });
}

function describeCause(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no answer within ${TIMEOUT_MS / 1_000} s`;
  return systemErrorCode(error) ?? (error instanceof Error ? error.name : 'no answer');
}
