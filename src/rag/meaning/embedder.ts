import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { redact, tame } from '../../policy.ts';
import type { EmbeddingEndpoint } from './endpoints.ts';
import { type RequestDeps, RequestFailure, requestJson } from './request.ts';

const ATTEMPTS = 5;
const TIMEOUT_MS = 60_000;
/** Texts that a model finds too long are cut in half as often. */
const MAX_CUTS = 4;

const answer = z.object({
  data: z.array(z.object({ index: z.number().int().min(0).optional(), embedding: z.array(z.number()) })),
});

/**
 * Gives the vectors of texts, in their order, each of length 1. Secrets in the texts are masked before they leave.
 * A batch that the endpoint finds too large is halved, a text that is too long is cut.
 *
 * @throws AppError EMBEDDINGS_FAILED when the endpoint does not answer, refuses, or gives another form.
 */
export async function embedTexts(
  texts: readonly string[],
  endpoint: EmbeddingEndpoint,
  deps: RequestDeps,
  cuts = MAX_CUTS,
): Promise<readonly Float32Array[]> {
  if (texts.length === 0) return [];
  try {
    return await embedBatch(texts, endpoint, deps);
  } catch (error) {
    if (!(error instanceof RequestFailure)) throw error;
    const isTooLarge = error.status === 400 || error.status === 413 || error.status === 422;
    if (isTooLarge && texts.length > 1) {
      const middle = texts.length >> 1;
      const first = await embedTexts(texts.slice(0, middle), endpoint, deps, cuts);
      return [...first, ...(await embedTexts(texts.slice(middle), endpoint, deps, cuts))];
    }
    const [only = ''] = texts;
    if (isTooLarge && cuts > 0 && only.length > 1)
      return embedTexts([only.slice(0, only.length >> 1)], endpoint, deps, cuts - 1);
    throw failed(error.message, endpoint, error);
  }
}

async function embedBatch(
  texts: readonly string[],
  endpoint: EmbeddingEndpoint,
  deps: RequestDeps,
): Promise<readonly Float32Array[]> {
  const json = await requestJson(
    {
      method: 'POST',
      url: `${endpoint.baseUrl.replace(/\/$/, '')}/embeddings`,
      headers: endpoint.key === null ? {} : { authorization: `Bearer ${endpoint.key}` },
      // Asked for in words: clients that leave it out may be given base64.
      body: { model: endpoint.model, input: texts.map((text) => redact(text)), encoding_format: 'float' },
      attempts: ATTEMPTS,
      timeoutMs: TIMEOUT_MS,
      allowHosts: endpoint.allowHosts,
    },
    deps,
  );
  const read = answer.safeParse(json);
  if (!read.success) throw failed('its answer holds no embeddings', endpoint);
  const { data } = read.data;
  if (data.length !== texts.length)
    throw failed(`it gave ${data.length} embeddings for ${texts.length} texts`, endpoint);
  const vectors: Float32Array[] = [];
  data.forEach((one, place) => {
    vectors[one.index ?? place] = toUnit(one.embedding);
  });
  const [first] = vectors;
  const isWhole = texts.every((_, place) => {
    const vector = vectors[place];
    return vector !== undefined && vector.length > 0 && vector.length === first?.length;
  });
  if (!isWhole) throw failed('its embeddings differ in length, or some are missing', endpoint);
  return vectors;
}

/** Of length 1, so that a product of two is their cosine; one of zeros stays, and is like nothing. */
function toUnit(values: readonly number[]): Float32Array {
  const length = Math.hypot(...values);
  return Float32Array.from(values, (value) => (length > 0 ? value / length : 0));
}

function failed(why: string, { baseUrl, model }: EmbeddingEndpoint, failure?: RequestFailure): AppError {
  const status = failure?.status ?? null;
  const isKey = status === 401 || status === 403;
  return new AppError(
    'EMBEDDINGS_FAILED',
    `The embeddings of ${model} at ${new URL(baseUrl).host}: ${why}.`,
    {
      hint: isKey
        ? 'The key was refused, or is missing: set BREAKWATER_EMBEDDINGS_KEY, or the variable that `embeddings.env` names.'
        : 'Look at `embeddings` in breakwater.yaml. What was embedded is kept: the same call goes on from there.',
      retryable: !isKey,
      details: { seen: tame(failure?.body ?? '', 300) },
      cause: failure,
    },
  );
}
