/** Writes a path that is a regular expression, such as Django's `^users/(?P<id>\d+)/$`, as a template. */
export function regexToTemplate(pattern: string): string {
  const body = pattern.replace(/^\^|\$$|\\Z$/g, '');
  let template = '';
  for (let at = 0; at < body.length; ) {
    const character = body[at] ?? '';
    if (character === '\\') {
      const next = body[at + 1] ?? '';
      template += /[./-]/.test(next) ? next : character + next;
      at += 2;
    } else if (character === '(') {
      const end = endOfGroup(body, at);
      template += groupTemplate(body.slice(at + 1, end));
      at = end + 1;
      // `(?:page/)?` is taken as there.
      if (body[at] === '?') at++;
    } else {
      template += character;
      at++;
    }
  }
  return template.replace(/\/\?$/, '/');
}

/**
 * The pattern itself, and one for each word where a group has a few to choose from: `(?P<action>restart|interrupt)` is
 * both a parameter and two paths.
 */
export function spellAlternatives(pattern: string): readonly string[] {
  const [whole, words = ''] = /\(\?P<\w+>([\w-]+(?:\|[\w-]+){1,5})\)/.exec(pattern) ?? [];
  if (whole === undefined) return [pattern];
  return [pattern, ...words.split('|').map((word) => pattern.replace(whole, () => word))];
}

function groupTemplate(group: string): string {
  const [, name, content = ''] = /^\?P?<(\w+)>(.*)$/s.exec(group) ?? [];
  if (name !== undefined) {
    // `(?P<version>(v2))` has one value only, and what begins with a slash begins a segment.
    const [, only] = /^\(?([\w-]+)\)?$/.exec(content) ?? [];
    return only ?? (/^(\(\?:|\()*\//.test(content) ? `/{${name}}` : `{${name}}`);
  }
  if (group.startsWith('?:')) return group.includes('|') ? '{arg}' : regexToTemplate(group.slice(2));
  // What only looks ahead or behind takes nothing.
  return group.startsWith('?') ? '' : '{arg}';
}

/** Offset of the bracket that closes the group at `start`; the end of the text where none does. */
function endOfGroup(pattern: string, start: number): number {
  let depth = 0;
  for (let at = start; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') at++;
    else if (character === '[') at = endOfClass(pattern, at);
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return at;
  }
  return pattern.length;
}

/** Offset of the bracket that closes a class of characters, in which `(` is a character and `]` may come first. */
function endOfClass(pattern: string, start: number): number {
  let at = start + (pattern[start + 1] === '^' ? 2 : 1);
  if (pattern[at] === ']') at++;
  for (; at < pattern.length && pattern[at] !== ']'; at++) if (pattern[at] === '\\') at++;
  return at;
}
