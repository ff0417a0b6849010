import { AppError } from '../../errors.ts';
import type { OpenApiDocument } from '../../types-openapi.ts';
import { listKnown } from './known-operations.ts';
import { readDocument } from './read-document.ts';
import type { Session } from './session.ts';

/** What OpenAPI documents are written in. */
const DOCUMENT = /\.(json|ya?ml)$/i;
const LIST_LIMIT_MS = 5_000;

/** Documents that a user may mean: that of breakwater.yaml first, then the JSON and YAML files of the project. */
export async function offerDocuments(session: Session): Promise<readonly string[]> {
  const [{ spec, workspace }, { listProjectFiles }] = await Promise.all([
    session.loadConfig(),
    import('../../service/list-files.ts'),
  ]);
  const deps = { signal: AbortSignal.timeout(LIST_LIMIT_MS), baseEnv: session.surroundings.serviceEnv };
  const { files } = await listProjectFiles(workspace, deps).catch(() => ({ files: [] }));
  const near = files
    .filter((file) => DOCUMENT.test(file))
    .toSorted((left, right) => Number(isSpecName(right)) - Number(isSpecName(left)));
  return [...(spec === null ? [] : [spec]), ...near];
}

/** Operations of `spec` where it is a file, else of the documents that were read here: ids, then methods with paths. */
export async function offerOperations(
  session: Session,
  spec: string | undefined,
): Promise<readonly string[]> {
  const config = await session.loadConfig();
  const named = spec === undefined || spec === '' ? null : spec;
  const known = Object.entries(await listKnown(await session.openStore()));
  const file = named ?? (known.length === 0 ? config.spec : null);
  // While somebody types, nothing is asked over the network.
  if (file === null || /^https?:/i.test(file))
    return listNames(known.map(([id, place]) => ({ operationId: id, ...place })));
  const document = await readDocument(file, config, AbortSignal.timeout(LIST_LIMIT_MS)).catch(noDocument);
  return document === null ? [] : listNames(document.operations);
}

/** Kinds of the drills that breakwater.yaml names, else all kinds. */
export async function offerDrills(session: Session): Promise<readonly string[]> {
  const { drills } = await session.loadConfig();
  if (drills.run !== null) return [...new Set(drills.run.map(({ kind }) => kind))];
  const { DRILLS } = await import('../../scenario/drill/drills/index.ts');
  return DRILLS.map(({ kind }) => kind);
}

/** Those of `offers` that go on from what is typed, then those that hold it; without case. */
export function narrowOffers(offers: readonly string[], typed: string): string[] {
  const wanted = typed.toLowerCase();
  const holding = offers.filter((offer) => offer.toLowerCase().includes(wanted));
  const begins = (offer: string) => offer.toLowerCase().startsWith(wanted);
  return [...new Set([...holding.filter(begins), ...holding])];
}

function listNames(
  operations: readonly {
    readonly operationId: string | null;
    readonly method: string;
    readonly path: string;
  }[],
): readonly string[] {
  return [
    ...operations.flatMap(({ operationId }) => operationId ?? []),
    ...operations.map(({ method, path }) => `${method} ${path}`),
  ];
}

function isSpecName(file: string): boolean {
  return /openapi|swagger/i.test(file);
}

/** A document that cannot be read offers nothing; the tool that reads it says why. */
function noDocument(error: unknown): OpenApiDocument | null {
  if (error instanceof AppError) return null;
  throw error;
}
