import { z } from 'zod';
import type { ItemPlace } from '../../scenario/report/sarif.ts';
import type { Store } from '../../store.ts';
import type { Run } from '../../types-run.ts';
import { readFileOrNull } from './read-source.ts';

const sources = z.array(z.string());

/** Remembers from which files of the workspace a run's scenarios came, in their order. */
export async function keepSources(runId: string, files: readonly string[], store: Store): Promise<void> {
  if (files.length > 0) await store.writeText(`runs/${runId}/sources.json`, `${JSON.stringify(files)}\n`);
}

/**
 * Says where each item of a run stands: in the file that the user named, as it is now, while its items are the
 * same; else in the copy that the run has kept.
 */
export async function findPlaces(
  { id, items }: Run,
  store: Store,
  workspace: string,
): Promise<ReadonlyMap<string, ItemPlace>> {
  const copy = `.breakwater/runs/${id}/scenario.yaml`;
  const [own, kept] = await Promise.all([
    listPlaces(await readSources(id, store), workspace),
    listPlaces([copy], workspace),
  ]);
  const places = items.flatMap(({ id: itemId, scenarioTitle }, index): [string, ItemPlace][] => {
    // An id counts over all items of the files; the copy holds only those that were chosen.
    const candidates = [own[Number(itemId.replace(/^item-/, '')) - 1], kept[index]];
    const found = candidates.find((candidate) => candidate?.title === scenarioTitle);
    return found === undefined ? [] : [[itemId, { file: found.file, line: found.line }]];
  });
  return new Map(places);
}

async function readSources(runId: string, store: Store): Promise<readonly string[]> {
  const text = await store.readText(`runs/${runId}/sources.json`);
  const read = text === null ? null : sources.safeParse(JSON.parse(text));
  return read?.success ? read.data : [];
}

async function listPlaces(files: readonly string[], workspace: string) {
  const { placeItems } = await import('../../scenario/file/places.ts');
  const lists = await Promise.all(
    files.map(async (file) => {
      const text = await readFileOrNull(workspace, file).catch(() => null);
      return text === null ? [] : placeItems(text, file).map((place) => ({ ...place, file }));
    }),
  );
  return lists.flat();
}
