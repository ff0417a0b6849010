/** One key of a YAML document by its path, with its value where that is a plain text; list items are keys `-`. */
export interface YamlKey {
  readonly path: readonly string[];
  readonly value: string;
}

interface Open {
  readonly indent: number;
  readonly key: string;
}

/**
 * Lists the keys of a YAML document that is written in blocks, as people and generators write OpenAPI. Anchors, flow
 * mappings and multi-line texts are passed over: what is looked for here is never written with them.
 */
export function listYamlKeys(text: string): readonly YamlKey[] {
  const found: YamlKey[] = [];
  const open: Open[] = [];
  let textIndent = Number.POSITIVE_INFINITY;
  for (const line of text.split('\n')) {
    const [, space = '', dash = '', rest = ''] = /^( *)(- +)?(.*?)\s*$/.exec(line) ?? [];
    // Lines of a text block stand deeper than its key.
    if (rest === '' || rest.startsWith('#') || space.length > textIndent) continue;
    textIndent = Number.POSITIVE_INFINITY;
    const indent = space.length + dash.length;
    closeTo(open, space.length, dash !== '');
    if (dash !== '') open.push({ indent: space.length, key: '-' });
    const path = open.map((entry) => entry.key);
    const { key, value } = readPair(rest);
    if (key !== null) open.push({ indent, key });
    if (key !== null || dash !== '') found.push({ path: key === null ? path : [...path, key], value });
    if (/^[|>][+-]?\d*$/.test(value)) textIndent = indent;
  }
  return found;
}

/** Closes what a line at `indent` ends; an item may stand as deep as the key of its list. */
function closeTo(open: Open[], indent: number, isItem: boolean): void {
  for (let last = open.at(-1); last !== undefined && last.indent >= indent; last = open.at(-1)) {
    if (isItem && last.indent === indent && last.key !== '-') return;
    open.pop();
  }
}

function readPair(rest: string): { readonly key: string | null; readonly value: string } {
  const [, quoted, plain, value = ''] =
    /^(?:["']([^"']+)["']|([^\s"'[\]{},][^:]*?)):(?:\s+(.*))?$/.exec(rest) ?? [];
  const key = quoted ?? plain ?? null;
  return { key, value: bare(key === null ? rest : value) };
}

function bare(value: string): string {
  return value.replace(/\s+#.*$/, '').replace(/^(["'])(.*)\1$/, '$2');
}
