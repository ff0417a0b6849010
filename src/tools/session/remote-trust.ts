import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { checkTarget } from '../../policy.ts';
import { isTrusted } from '../../trust.ts';

/** Where something would go, and what of the user's it is. */
export interface Departure {
  readonly url: string;
  /** Who sends what, as the beginning of a sentence: `Code would be sent to`. */
  readonly what: string;
  /** The user's own environment names the host, not a file that may have come with the workspace. */
  readonly fromEnvironment: boolean;
}

/**
 * Demands that what is the user's leaves this machine only where the user has approved breakwater.yaml, or the
 * environment names the host: a cloned repository must not be able to send anything away by itself. Gives the hosts
 * that may be connected to for it, loopback aside.
 *
 * @throws AppError NOT_TRUSTED, TARGET_NOT_ALLOWED for a metadata service, TARGET_UNREACHABLE
 */
export async function demandRemote(
  { url, what, fromEnvironment }: Departure,
  { file, stateHome }: Pick<Config, 'file' | 'stateHome'>,
): Promise<readonly string[]> {
  if (await isOnThisMachine(url)) return [];
  const { host } = new URL(url);
  if (!fromEnvironment && (file === null || !(await isTrusted(stateHome, file)))) {
    throw new AppError(
      'NOT_TRUSTED',
      `${what} ${host}, and breakwater.yaml has not been approved in its present form.`,
      {
        hint: 'The user reads that file and then runs "breakwater trust" in a terminal in that folder. No tool can do it.',
      },
    );
  }
  await checkTarget(url, [host]);
  return [host];
}

/** Whether a URL leads to this machine; what does not resolve is taken for elsewhere. */
export function isOnThisMachine(url: string): Promise<boolean> {
  return checkTarget(url, []).then(
    () => true,
    () => false,
  );
}
