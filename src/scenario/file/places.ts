import { z } from 'zod';
import { parseDocuments } from './read.ts';

/** Where an item begins in a text; the line counts from 1. */
export interface PlacedItem {
  readonly title: string;
  readonly line: number;
}

const shape = z.looseObject({
  title: z.string(),
  items: z.array(z.unknown()).optional(),
  scenarios: z.array(z.unknown()).optional(),
});

/**
 * Lists where the items of a scenario file begin, in the order in which runs number them.
 *
 * @throws AppError SCENARIO_INVALID when it is no YAML.
 */
export function placeItems(text: string, source: string): readonly PlacedItem[] {
  return parseDocuments(text, source).flatMap((document) => {
    const read = shape.safeParse(document.value);
    if (!read.success) return [];
    const { title, items, scenarios = [] } = read.data;
    const key = items === undefined ? 'scenarios' : 'items';
    return (items ?? scenarios).map((_item, index) => ({
      title,
      line: document.locate([key, index]).line,
    }));
  });
}
