import { z } from 'zod';
import type { Store } from '../../store.ts';
import type { OpenApiDocument } from '../../types-openapi.ts';

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'] as const;
const schema = z.record(z.string(), z.strictObject({ method: z.enum(METHODS), path: z.string() }));
const FILE = 'operations.json';

/** Method and path of an operation that a document of this workspace has named. */
export type KnownOperation = z.output<typeof schema>[string];

/** Remembers what the operationIds of a document stand for, so that code can be found by them later. */
export async function rememberOperations(document: OpenApiDocument, store: Store): Promise<void> {
  const named = document.operations.flatMap(({ operationId, method, path }) =>
    operationId === null ? [] : [[operationId, { method, path }] as const],
  );
  const known = { ...(await readKnown(store)), ...Object.fromEntries(named) };
  await store.writeText(FILE, `${JSON.stringify(known, null, 2)}\n`);
}

/** What an operationId stood for in the documents that were read here; `null`: in none. */
export async function recallOperation(operationId: string, store: Store): Promise<KnownOperation | null> {
  return (await readKnown(store))[operationId] ?? null;
}

/** The operations that documents of this workspace have named, by operationId. */
export async function listKnown(store: Store): Promise<Readonly<Record<string, KnownOperation>>> {
  return readKnown(store);
}

async function readKnown(store: Store): Promise<z.output<typeof schema>> {
  const text = await store.readText(FILE);
  return text === null ? {} : schema.parse(JSON.parse(text));
}
