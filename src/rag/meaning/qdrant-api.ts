import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { tame } from '../../policy.ts';
import type { QdrantEndpoint } from './endpoints.ts';
import { type RequestDeps, RequestFailure, requestJson } from './request.ts';

const TIMEOUT_MS = 30_000;
const answer = z.object({ result: z.unknown() });

/**
 * Sends one request of Qdrant's REST API (https://api.qdrant.tech) and gives its `result`; `null`: 404, `false`: 409,
 * since another process has made what was to be made.
 *
 * @throws AppError QDRANT_UNREACHABLE when it is down, refuses, or answers in another form.
 */
export async function askQdrant(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body: unknown,
  endpoint: QdrantEndpoint,
  deps: RequestDeps,
  attempts: number,
): Promise<unknown> {
  const url = `${endpoint.url.replace(/\/$/, '')}${path}`;
  const { allowHosts } = endpoint;
  const headers = endpoint.key === null ? {} : { 'api-key': endpoint.key };
  try {
    const request = { method, url, headers, body, attempts, timeoutMs: TIMEOUT_MS, allowHosts };
    const json = await requestJson(request, deps);
    const read = answer.safeParse(json);
    if (!read.success) throw new RequestFailure('its answer holds no result', null, null, '');
    return read.data.result;
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    if (error.status === 404) return null;
    if (error.status === 409) return false;
    throw unreachable(error, endpoint);
  }
}

function unreachable(failure: RequestFailure, { url }: QdrantEndpoint): AppError {
  const isKey = failure.status === 401 || failure.status === 403;
  return new AppError('QDRANT_UNREACHABLE', `Qdrant at ${new URL(url).host}: ${failure.message}.`, {
    hint: isKey
      ? 'The key was refused, or is missing: set QDRANT_API_KEY, or the variable that `qdrant.env` names.'
      : 'Start it (docker run -p 127.0.0.1:6333:6333 qdrant/qdrant), or leave QDRANT_URL and `qdrant` out: vectors then lie in the index itself.',
    retryable: !isKey,
    details: { seen: tame(failure.body, 300) },
    cause: failure,
  });
}
