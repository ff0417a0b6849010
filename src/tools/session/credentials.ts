import { suggestEntry } from '../../auth.ts';
import { type Config, readVariable } from '../../config.ts';
import { type Credentials, resolveCredentials } from '../../credentials.ts';
import { checkTarget } from '../../policy.ts';
import type { Call, Notice, Scenario } from '../../types.ts';
import { demandRemote } from './remote-trust.ts';

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
  if (secrets.length === 0 || config.file === null) return;
  await demandRemote({ url, what: 'Credentials would be sent to', fromEnvironment: false }, config);
}
