import { suggestEntry } from '../../auth.ts';
import { type Config, readVariable } from '../../config.ts';
import { type Credentials, resolveCredentials } from '../../credentials.ts';
import { AppError } from '../../errors.ts';
import { checkTarget } from '../../policy.ts';
import { isTrusted } from '../../trust.ts';
import type { Call, Notice, Scenario } from '../../types.ts';

/** Every call of the scenarios, setup and teardown included. */
export function listCalls(scenarios: readonly Scenario[]): readonly Call[] {
  return scenarios.flatMap(({ config, items }) => [
    ...config.setup,
    ...config.teardown,
    ...items.map(({ call }) => call),
  ]);
}

/** Reads the credentials that the scenarios' calls need; a notice for each scheme that nothing is configured for. */
export function readCredentials(
  scenarios: readonly Scenario[],
  config: Config,
): { readonly credentials: Credentials; readonly notices: readonly Notice[] } {
  const credentials = resolveCredentials(listCalls(scenarios), config.auth, readVariable);
  const notices = credentials.missing.map((name) => ({
    where: 'auth',
    message: `calls ask for the credentials "${name}", and breakwater.yaml has none: they go without. Add, with its type (bearer, basic or apiKey): ${suggestEntry({ name, kind: 'bearer', place: null, parameter: null })}`,
  }));
  return { credentials, notices };
}

/**
 * Checks a target as the policy says; beyond this machine, credentials go only where a file says so that the
 * user has approved, since a cloned repository may bring a file of its own.
 *
 * @throws AppError TARGET_NOT_ALLOWED, NOT_TRUSTED
 */
export async function checkTargetFor({ secrets }: Credentials, url: string, config: Config): Promise<void> {
  await checkTarget(url, config.allowHosts);
  if (secrets.length === 0 || config.file === null || (await isLoopback(url))) return;
  if (await isTrusted(config.stateHome, config.file)) return;
  throw new AppError(
    'NOT_TRUSTED',
    `${config.file.path} sends credentials to ${new URL(url).host}, and has not been approved in its present form.`,
    {
      hint: 'The user reads that file and then runs "breakwater trust" in a terminal in that folder. No tool can do it.',
    },
  );
}

async function isLoopback(url: string): Promise<boolean> {
  try {
    await checkTarget(url, []);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'TARGET_NOT_ALLOWED') return false;
    throw error;
  }
}
