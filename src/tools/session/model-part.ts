import { type Config, type ModelConfig, readVariable } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { checkTarget } from '../../policy.ts';
import type { CitableFacts } from '../../review/cited-claims.ts';
import type { ModelPart } from '../../review/report/model-sections.ts';
import { isTrusted } from '../../trust.ts';
import type { Notice } from '../../types.ts';

/**
 * Has the configured model write its part of a review; when it cannot, a notice says so and the review goes on
 * without it. A host other than loopback is asked only when the user has approved breakwater.yaml: a cloned
 * repository must not be able to send code away by itself.
 *
 * @throws AppError BAD_INPUT when none is configured, NOT_TRUSTED.
 */
export async function askConfiguredModel(
  brief: string,
  facts: CitableFacts,
  config: Config,
  signal: AbortSignal,
): Promise<{ readonly part: ModelPart | null; readonly notice: Notice | null }> {
  const endpoint = await demandModel(config);
  const { host } = new URL(endpoint.baseUrl);
  try {
    const { writeSections } = await import('../../review/llm.ts');
    const checked = await writeSections(brief, facts, { ...endpoint, apiKey: keyOf(endpoint) }, signal);
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

async function demandModel(config: Config): Promise<ModelConfig> {
  const { model, file, stateHome } = config;
  if (model === null) {
    throw new AppError(
      'BAD_INPUT',
      'model: "configured" was asked for, and breakwater.yaml configures none.',
      {
        hint: 'Add model: { base_url: "http://127.0.0.1:11434/v1", model: NAME, env: KEY_VARIABLE }, or leave the argument out: your own model gets the brief.',
      },
    );
  }
  const isLocal = await checkTarget(model.baseUrl, []).then(
    () => true,
    () => false,
  );
  if (!isLocal && (file === null || !(await isTrusted(stateHome, file)))) {
    throw new AppError(
      'NOT_TRUSTED',
      `Code would be sent to ${new URL(model.baseUrl).host}, and breakwater.yaml has not been approved in its present form.`,
      {
        hint: 'The user reads that file and then runs "breakwater trust" in a terminal in that folder. No tool can do it.',
      },
    );
  }
  return model;
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
