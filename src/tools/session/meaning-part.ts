import { type Config, readVariable } from '../../config.ts';
import { AppError } from '../../errors.ts';
import type { IndexSummary } from '../../rag/code-index.ts';
import type { MeaningEndpoints } from '../../rag/meaning/endpoints.ts';
import type { ToolContext } from '../tool.ts';
import type { Question } from './answer.ts';
import { askUser } from './consent.ts';
import { demandRemote, isOnThisMachine } from './remote-trust.ts';

const WHAT = 'Code would be sent to';

/**
 * Gives the configured endpoints with their keys. This machine is always allowed; another host when the user's
 * environment names it, or when the user has approved the breakwater.yaml that does: a cloned repository must not be
 * able to send code away by itself.
 *
 * @throws AppError BAD_INPUT when none is configured, NOT_TRUSTED, TARGET_NOT_ALLOWED for a metadata address.
 */
export async function demandMeaning(config: Config): Promise<MeaningEndpoints> {
  const { embeddings, qdrant } = config.meaning;
  if (embeddings === null) {
    throw new AppError('BAD_INPUT', 'embeddings: "configured" was asked for, and none are configured.', {
      hint: 'Add embeddings: { base_url: "http://127.0.0.1:11434/v1", model: NAME } to breakwater.yaml, or set BREAKWATER_EMBEDDINGS_URL and BREAKWATER_EMBEDDINGS_MODEL. Search by words needs none.',
    });
  }
  const allowHosts = await demandRemote({ ...embeddings, what: WHAT }, config);
  const storeHosts = qdrant === null ? [] : await demandRemote({ ...qdrant, what: WHAT }, config);
  return {
    embeddings: {
      baseUrl: embeddings.url,
      model: embeddings.model,
      key: readVariable(embeddings.keyVariable),
      allowHosts,
    },
    qdrant:
      qdrant === null
        ? null
        : { url: qdrant.url, key: readVariable(qdrant.keyVariable), allowHosts: storeHosts },
  };
}

/** The same for a search, which goes on without: `null` where nothing is configured or allowed. */
export async function findMeaning(config: Config): Promise<MeaningEndpoints | null> {
  return config.meaning.embeddings === null ? null : demandMeaning(config).catch(() => null);
}

/** Asks before code leaves this machine; `null`: it does not, or the user has said yes to exactly this. */
export async function askToSend(
  { embeddings, qdrant }: MeaningEndpoints,
  workspace: string,
  { files, lines }: IndexSummary,
  context: Pick<ToolContext, 'granted' | 'session'>,
): Promise<Question | null> {
  const remote = qdrant === null ? [embeddings.baseUrl] : [embeddings.baseUrl, qdrant.url];
  const local = await Promise.all(remote.map(isOnThisMachine));
  if (local.every((one) => one)) return null;
  return askUser(
    {
      subject: ['embed', workspace, embeddings.model, ...remote],
      message: `May the code of ${workspace} be sent away? ${tellWhatIsSent({ embeddings, qdrant })} It has ${files} files with ${lines} lines.`,
      otherwise:
        "Nothing was sent. Only the user can say yes: in the host's question, or in a terminal: breakwater index --embeddings configured --yes.",
      lasting: false,
    },
    context,
  );
}

/** One or two sentences on what goes where. */
export function tellWhatIsSent({ embeddings, qdrant }: MeaningEndpoints): string {
  const { host } = new URL(embeddings.baseUrl);
  const first = `The text of each function, class and module (secrets masked) goes to ${host} for embeddings by ${embeddings.model}, once, and again when it changes; the words of searches too.`;
  if (qdrant === null) return first;
  return `${first} Vectors, hashed words, paths and names go to Qdrant at ${new URL(qdrant.url).host}.`;
}
