import type { Call } from '../../../types.ts';

const MOST_RULES = 6;

/** Text from outside within Markdown: it opens no tag and no link, and stays on its line. */
export function plain(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/</g, '&lt;')
    .replace(/([[\]])/g, '\\$1');
}

/** Text fit for one line of a shell comment, which nothing in it can end. */
export function commentLine(text: string): string {
  return `# ${text.replace(/\s+/g, ' ').replace(/```/g, "'''")}`;
}

/** `GET /stories, POST /stories`. */
export function listCalls(calls: readonly Call[]): string {
  return [...new Set(calls.map(({ method, url }) => `${method} ${url}`))].join(', ');
}

/** Ids as inline code: `a`, `b`. */
export function listCodes(ids: readonly string[]): string {
  return ids.map((id) => `\`${id}\``).join(', ');
}

/** Rules of `review_code` as inline code; of many the first ones, since a project has few of the languages. */
export function listRules(ids: readonly string[]): string {
  const more = ids.length - MOST_RULES;
  const rest = more > 0 ? ` and ${more} more` : '';
  return `\`review_code\`, ${ids.length === 1 ? 'rule' : 'rules'} ${listCodes(ids.slice(0, MOST_RULES))}${rest}`;
}
