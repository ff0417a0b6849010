/** How Rails makes names from names, near enough to Active Support's rules for English. */
type Rule = readonly [RegExp, string];

const UNCOUNTABLE = /(news|series|species|information|equipment|metadata|data)$/i;

/** The first rule that fits counts. */
const SINGULARS: readonly Rule[] = [
  [/people$/i, 'person'],
  [/children$/i, 'child'],
  [/media$/i, 'medium'],
  [/(status|alias|bus|virus)es$/i, '$1'],
  [/(matri)ces$/i, '$1x'],
  [/(vert|ind)ices$/i, '$1ex'],
  [/(analy|ba|cri|diagno|hypothe|parenthe|the)ses$/i, '$1sis'],
  [/(ch|sh|ss|x)es$/i, '$1'],
  [/(hero|potato|tomato|echo|veto)es$/i, '$1'],
  [/movies$/i, 'movie'],
  [/(wol|lea|shel|hal|cal|wi|li)ves$/i, '$1f'],
  [/([^aeiou])ies$/i, '$1y'],
  [/(ss|us|is)$/i, '$1'],
  [/s$/i, ''],
];

const PLURALS: readonly Rule[] = [
  [/person$/i, 'people'],
  [/child$/i, 'children'],
  [/(status|alias|bus|virus)$/i, '$1es'],
  [/(analy|ba|cri|diagno|hypothe|parenthe|the)sis$/i, '$1ses'],
  [/(ch|sh|ss|x)$/i, '$1es'],
  [/([^aeiou])y$/i, '$1ies'],
  [/s$/i, 's'],
  [/$/, 's'],
];

/** `orders` as `order`. */
export function singularize(word: string): string {
  return inflect(word, SINGULARS);
}

/** `order` as `orders`; a plural stays one. */
export function pluralize(word: string): string {
  return inflect(word, PLURALS);
}

/** `admin/order_item` as `Admin::OrderItem`. */
export function camelize(name: string): string {
  return name
    .split('/')
    .map((part) => part.replace(/(^|_)([a-z\d])/g, (_, __, letter: string) => letter.toUpperCase()))
    .join('::');
}

/** `Admin/APIKeys` as `admin/api_keys`. */
export function underscore(name: string): string {
  return name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

function inflect(word: string, rules: readonly Rule[]): string {
  if (UNCOUNTABLE.test(word)) return word;
  const rule = rules.find(([pattern]) => pattern.test(word));
  return rule === undefined ? word : word.replace(rule[0], rule[1]);
}
