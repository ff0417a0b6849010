/** A `{name}` part of a URL, header or body; doubled braces are none. */
export const NAMED_PART = /(?<!\{)\{([A-Za-z_][\w.-]*)\}(?!\})/g;

/** The names of the parts of `text`, in their order. */
export function listNamedParts(text: string): readonly string[] {
  return [...text.matchAll(NAMED_PART)].map((match) => match[1] ?? '');
}
