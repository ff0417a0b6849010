/** Longest text that is made of a pattern. */
const MAX_LENGTH = 1_000;

/**
 * Makes a text that a regular expression accepts, of the usual kinds: classes, groups, choices and counts.
 * `null` when what it makes does not match, as with look-ahead and back references.
 */
export function samplePattern(pattern: string, minLength: number, variant: number): string | null {
  const expression = compile(pattern);
  if (expression === null) return null;
  for (const extra of [variant, 0, minLength]) {
    try {
      const text = createMaker(pattern, extra).choices();
      if (text.length >= minLength && text.length <= MAX_LENGTH && expression.test(text)) return text;
    } catch {
      // Not one of the usual kinds.
      return null;
    }
  }
  return null;
}

function compile(pattern: string): RegExp | null {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return null;
  }
}

/** Walks over a pattern once and writes a text as it goes; `extra` lengthens what may be repeated without end. */
function createMaker(pattern: string, extra: number): { choices(): string } {
  let at = 0;
  const peek = () => pattern[at] ?? '';
  const take = () => {
    if (at >= pattern.length) throw new Error('the pattern ends early');
    at += 1;
    return pattern[at - 1] ?? '';
  };

  const choices = (): string => {
    const first = sequence();
    while (peek() === '|') {
      take();
      sequence();
    }
    return first;
  };
  const sequence = (): string => {
    let text = '';
    while (at < pattern.length && peek() !== '|' && peek() !== ')') text += counted(atom());
    return text;
  };
  const atom = (): string => {
    const char = take();
    if (char === '^' || char === '$') return '';
    if (char === '.') return 'a';
    if (char === '[') return member();
    if (char === '(') return group();
    return char === '\\' ? escaped(take()) : char;
  };
  const group = (): string => {
    if (peek() === '?') {
      take();
      if (take() !== ':') {
        if (!/^<[A-Za-z]/.test(pattern.slice(at - 1))) throw new Error('look-around is not made');
        while (take() !== '>');
      }
    }
    const text = choices();
    take();
    return text;
  };
  const member = (): string => {
    const negated = peek() === '^';
    const start = at;
    while (take() !== ']') if (pattern[at - 1] === '\\') take();
    const set = new RegExp(`[${pattern.slice(start, at - 1)}]`, 'u');
    // Letters and digits first: they are what a service is likeliest to accept.
    const found = [...'aA1bZ9_-. @/:+,;#'].find((char) => set.test(char));
    if (found === undefined && negated) throw new Error('the class is too narrow');
    return found ?? pattern[start] ?? '';
  };
  const counted = (text: string): string => {
    const match = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(pattern.slice(at));
    if (match === null) return text;
    at += match[0].length;
    if (match[1] !== undefined) {
      const least = Number(match[1]);
      const most = match[2] === '' ? least : match[3] === '' ? Number.POSITIVE_INFINITY : Number(match[3]);
      return text.repeat(Math.min(Math.max(least, Math.min(least + extra, most)), MAX_LENGTH));
    }
    return match[0].startsWith('?') ? text : text.repeat(Math.min(1 + extra, MAX_LENGTH));
  };
  return { choices };
}

function escaped(char: string): string {
  if (char === 'd') return '1';
  if (char === 'w') return 'a';
  if (char === 's') return ' ';
  if (char === 'b') return '';
  if (/[DW]/.test(char)) return char === 'D' ? 'a' : '-';
  if (char === 'S') return 'a';
  if (/[\dkpPBuxc]/.test(char)) throw new Error('this escape is not made');
  return { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', 0: '\0' }[char] ?? char;
}
