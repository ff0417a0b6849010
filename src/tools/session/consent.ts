import { createHash } from 'node:crypto';
import { parseMapping } from '../../proxy/mapping.ts';
import { isTrusted } from '../../trust.ts';
import type { ToolContext } from '../tool.ts';
import type { Question } from './answer.ts';
import { isOnThisMachine } from './remote-trust.ts';

export interface Wish {
  /** What the yes is for, exactly: a question whose subject differs is another one. */
  readonly subject: readonly string[];
  /** Put to the user, with what speaks against it. */
  readonly message: string;
  /** Stands where the user cannot be asked: what to type in a terminal. `null`: it was approved there before. */
  readonly otherwise: string | null;
  /** A yes counts for the session, not for one call. */
  readonly lasting: boolean;
}

/** Asks the user, unless they have said yes to exactly this; `null`: go on. */
export function askUser(
  wish: Wish,
  { granted, session }: Pick<ToolContext, 'granted' | 'session'>,
): Question | null {
  const id = createHash('sha256').update(wish.subject.join('\n')).digest('hex').slice(0, 32);
  if (granted.has(id) || session.agreed.has(id)) return null;
  const { message, otherwise, lasting } = wish;
  return { question: { id, message }, otherwise, lasting };
}

/**
 * Asks before anything is sent beyond this machine, once a session for the same hosts. Where the user cannot be
 * asked, their approval of breakwater.yaml counts; a cloned repository may have brought its own.
 *
 * @param targets URLs, origins or `PROTOCOL://HOST:PORT`, which the policy has let through
 */
export async function askToReach(
  targets: Iterable<string>,
  what: string,
  context: Pick<ToolContext, 'granted' | 'session'>,
): Promise<Question | null> {
  const hosts = await listRemote(targets);
  if (hosts.length === 0) return null;
  const { file, stateHome } = await context.session.loadConfig();
  const approved = file !== null && (await isTrusted(stateHome, file));
  const names = hosts.join(', ');
  const state = approved ? 'which you have approved' : 'which you have not approved in its present form';
  return askUser(
    {
      subject: ['reach', ...hosts],
      message: `${what} ${names}, beyond this machine? breakwater.yaml allows it, ${state}. Only go on with systems that you may test.`,
      otherwise: approved
        ? null
        : `CONSENT_NEEDED: ${names} is beyond this machine, and the user has not agreed. This host cannot ask; so the user reads breakwater.yaml and types in a terminal in that folder: breakwater trust`,
      lasting: true,
    },
    context,
  );
}

async function listRemote(targets: Iterable<string>): Promise<readonly string[]> {
  const urls = [...new Set([...targets].map(toUrl))];
  const local = await Promise.all(urls.map(isOnThisMachine));
  const remote = urls.filter((_url, index) => local[index] === false);
  return [...new Set(remote.map((url) => new URL(url).host))].toSorted();
}

/** A database's address as a URL that the policy reads. */
function toUrl(target: string): string {
  if (/^https?:/i.test(target)) return target;
  const { host, port } = parseMapping(target).upstream;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
