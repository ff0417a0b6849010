/** A way through a document, from its root. */
export type Place = readonly (string | number)[];

/** Writes a place as people read it: `paths./users.get.parameters[0]`. */
export function formatPlace(place: Place): string {
  let text = '';
  for (const step of place) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text === '' ? 'the document' : text;
}

/** Steps of a JSON Pointer (RFC 6901), without its `#`; `null` when it is none. */
export function parsePointer(pointer: string): readonly string[] | null {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return null;
  return pointer.slice(1).split('/').map(unescapeStep);
}

/** Writes steps as a JSON Pointer (RFC 6901). */
export function formatPointer(steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function unescapeStep(step: string): string {
  return decodePercent(step).replaceAll('~1', '/').replaceAll('~0', '~');
}

/** A `$ref` is a URI fragment, so that `{` may stand there as `%7B`; what is not encoded properly stays. */
function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
