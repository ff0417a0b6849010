import { z } from 'zod';

/** An endpoint for the meaning of code, as it was configured. */
export interface RemoteConfig {
  readonly url: string;
  /** Environment variable that may hold the key. */
  readonly keyVariable: string;
  /** Named by the user's own environment, and not by a file of the workspace, which may have come from elsewhere. */
  readonly fromEnvironment: boolean;
}

/** Where the meaning of code is looked up; `null`: nowhere. */
export interface MeaningConfig {
  readonly embeddings: (RemoteConfig & { readonly model: string }) | null;
  readonly qdrant: RemoteConfig | null;
}

const url = z.url({ protocol: /^https?$/ });

/** `embeddings:` of breakwater.yaml. */
export const embeddingsEntry = z.strictObject({
  base_url: url,
  model: z.string().min(1),
  env: z.string().min(1).optional(),
});

/** `qdrant:` of breakwater.yaml. */
export const qdrantEntry = z.strictObject({ url, env: z.string().min(1).optional() });

/** What breakwater.yaml and the environment say together; the environment wins. */
export function readMeaning(
  file: {
    readonly embeddings?: z.output<typeof embeddingsEntry> | undefined;
    readonly qdrant?: z.output<typeof qdrantEntry> | undefined;
  },
  readVariable: (name: string) => string | null,
): MeaningConfig {
  const embeddingsUrl = readUrl('BREAKWATER_EMBEDDINGS_URL', readVariable);
  const embeddingsModel = readVariable('BREAKWATER_EMBEDDINGS_MODEL');
  const qdrantUrl = readUrl('QDRANT_URL', readVariable);
  const own = <T>(url: string | null, entry: T | undefined, urlOf: (entry: T) => string) =>
    url ?? (entry === undefined ? null : urlOf(entry));
  const baseUrl = own(embeddingsUrl, file.embeddings, (entry) => entry.base_url);
  const model = embeddingsModel ?? file.embeddings?.model ?? null;
  const store = own(qdrantUrl, file.qdrant, (entry) => entry.url);
  return {
    embeddings:
      baseUrl === null || model === null
        ? null
        : {
            url: baseUrl,
            model,
            keyVariable: file.embeddings?.env ?? 'BREAKWATER_EMBEDDINGS_KEY',
            fromEnvironment: embeddingsUrl !== null,
          },
    qdrant:
      store === null
        ? null
        : {
            url: store,
            keyVariable: file.qdrant?.env ?? 'QDRANT_API_KEY',
            fromEnvironment: qdrantUrl !== null,
          },
  };
}

function readUrl(name: string, readVariable: (name: string) => string | null): string | null {
  const value = readVariable(name);
  return value !== null && url.safeParse(value).success ? value : null;
}
