import { type Config, type ModelConfig, readVariable } from '../../config.ts';
import { AppError } from '../../errors.ts';
import type { CitableFacts } from '../../review/cited-claims.ts';
import type { ModelPart } from '../../review/report/model-sections.ts';
import type { Notice } from '../../types.ts';
import type { ToolContext } from '../tool.ts';
import type { Question } from './answer.ts';
import { askToReach } from './consent.ts';
import { demandRemote } from './remote-trust.ts';

const WHAT = 'Code would be sent to';

/**
 * Asks before a review is sent to the configured model, where that is not on this machine.
 *
 * @throws AppError BAD_INPUT when none is configured, NOT_TRUSTED, TARGET_NOT_ALLOWED for a metadata service.
 */
export async function askForModel(config: Config, context: ToolContext): Promise<Question | null> {
  const { baseUrl } = demandModel(config);
  await demandRemote({ url: baseUrl, what: WHAT, fromEnvironment: false }, config);
  return askToReach([baseUrl], 'Send the facts and the code of this review to', context);
}

/**
 * Has the configured model write its part of a review; when it cannot, a notice says so and the review goes on
 * without it. A host other than loopback is asked only when the user has approved breakwater.yaml: a cloned
 * repository must not be able to send code away by itself.
 *
 * @throws AppError BAD_INPUT when none is configured, NOT_TRUSTED, TARGET_NOT_ALLOWED for a metadata service.
 */
export async function askConfiguredModel(
  brief: string,
  facts: CitableFacts,
  config: Config,
  signal: AbortSignal,
): Promise<{ readonly part: ModelPart | null; readonly notice: Notice | null }> {
  const endpoint = demandModel(config);
  const allowHosts = await demandRemote(
    { url: endpoint.baseUrl, what: WHAT, fromEnvironment: false },
    config,
  );
  const { host } = new URL(endpoint.baseUrl);
  try {
    const { writeSections } = await import('../../review/llm.ts');
    const asked = { ...endpoint, apiKey: keyOf(endpoint), allowHosts };
    const checked = await writeSections(brief, facts, asked, signal);
    const sent = `the brief of this review (facts and code) was sent to ${host}`;
    return {
      part: { writtenBy: `${endpoint.model} at ${host}`, ...checked },
      notice: { where: 'model', message: sent },
    };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'MODEL_FAILED') throw error;
    return { part: null, notice: { where: 'model', message: `${error.message} The report is without it.` } };
  }
}

function demandModel({ model }: Config): ModelConfig {
  if (model !== null) return model;
  throw new AppError('BAD_INPUT', 'model: "configured" was asked for, and breakwater.yaml configures none.', {
    hint: 'Add model: { base_url: "http://127.0.0.1:11434/v1", model: NAME, env: KEY_VARIABLE }, or leave the argument out: your own model gets the brief.',
  });
}

function keyOf({ keyVariable }: ModelConfig): string | null {
  if (keyVariable === null) return null;
  const key = readVariable(keyVariable);
  if (key !== null) return key;
  throw new AppError(
    'MODEL_FAILED',
    `The environment variable ${keyVariable}, which holds the model's key, is not set.`,
    {
      hint: 'Set it where the server is started.',
    },
  );
}
