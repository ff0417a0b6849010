import { isPlaceholder, MASK } from './secret-forms.ts';

/** End of the name of a field that holds a secret, in one word or two. */
const SECRET_WORD =
  /(?:password|passwd|passwort|pwd|passphrase|passcode|secret|token|jwt|apikey|authorization|cookie|credentials?|signature|\bsig)$/;
const SECRET_PAIR =
  /(?:api|access|secret|private|signing|encryption|master|account|auth|service|subscription|shared|session|license|deploy|webhook) key$|session id$|key base$|connection string$/;
/** What may follow the word without making it another thing. */
const TAIL = / (?:value|text|hash|digest|base64|b64|pem|\d+)$/;

/** A literal in quotes, first as it stands within texts in quotes; it ends at the end of a line at the latest. */
const QUOTED = [
  String.raw`\\{1,15}"(?:[^"\\\n]|\\+[^"\\\n]){0,8000}(?:\\{1,15}"|(?=")|$)`,
  String.raw`"(?:[^"\\\n]|\\.){0,8000}(?:"|$)`,
  String.raw`'(?:[^'\\\n]|\\.){0,8000}(?:'|$)`,
  '`[^`]{0,8000}(?:`|$)',
].join('|');
const BARE = '[^\\s"\'`,;&<>(){}[\\]\\\\]{1,4000}';
const LITERAL = new RegExp(`${QUOTED}`, 'my');
const VALUE = new RegExp(`${QUOTED}|${BARE}`, 'my');
/** Names begin at a border and are bounded, so that a long run of letters is read once. */
const NAME = '(?<![\\w.-])(?<name>[\\w.-]{2,80})';
const CLOSE = '\\\\{0,15}["\'`]?';
const SIGN = '\\s{0,4}(?::=|=>|[:=](?![:=>]))\\s{0,4}';

/** How a field is written: what leads to its value, the value, and what must follow. */
interface FieldForm {
  readonly lead: RegExp;
  readonly value: RegExp;
  follows(text: string, at: number, name: string, value: string): boolean;
}

const anything = () => true;
const form = (lead: string, value: RegExp, follows: FieldForm['follows'] = anything): FieldForm => ({
  lead: new RegExp(lead, 'g'),
  value,
  follows,
});

const FORMS: readonly FieldForm[] = [
  // `name: x`, `name=x`, `"name": "x"`, `config["name"] = "x"`, `name := b"x"`
  form(`${NAME}${CLOSE}\\]?${SIGN}(?:[fFrRbBuU@$]{1,2}(?=\\\\{0,15}["']))?`, VALUE),
  // `"set-cookie": ["a=1", "b=2"]`
  form(`${NAME}${CLOSE}${SIGN}\\[`, /\s{0,4}\\{0,15}["'][^\][]{0,8000}/y, (text, at) => text[at] === ']'),
  // `name: DB_PASSWORD`, and `value: x` behind it or on the next line
  form(
    `(?<!\\w)(?:name|key|Name|Key)${CLOSE}\\s{0,4}[:=]\\s{0,4}\\\\{0,15}["']?(?<name>[\\w.-]{2,80})${CLOSE}\\s{0,4},?(?:\\\\{1,15}n)?\\s{0,40}(?:(?://|#|\\*)\\s{0,40})?\\\\{0,15}["']?[vV]alue${CLOSE}\\s{0,4}[:=]\\s{0,4}`,
    VALUE,
  ),
  // `setHeader('Cookie', 'x')`
  form(
    `["'](?<name>(?:[Pp]roxy-)?[Aa]uthorization|(?:[Ss]et-)?[Cc]ookie|[Xx]-[\\w-]{2,60})\\\\{0,15}["']\\s{0,4},\\s{0,4}`,
    LITERAL,
    // A list of names of headers.
    (_text, _at, _name, value) => !/^.(?:\*\.)?[A-Za-z]+(?:-[A-Za-z]+)*.$/.test(value),
  ),
  // `.password("x")`
  form(`${NAME}\\(\\s{0,4}`, LITERAL, (text, at) => /^\s{0,4}\)/.test(text.slice(at, at + 5))),
  // `--password x`
  form('(?<![\\w-])--(?<name>\\w[\\w-]{1,60}) {1,4}(?!-)', VALUE),
  // `<password>x</password>`
  form('<(?<name>[\\w.:-]{2,80})>', /[^<]{1,4000}/y, (text, at, name) => text.startsWith(`</${name}>`, at)),
];

/** Headers whose whole line is secret: several cookies or parameters stand on it. */
const SECRET_LINE =
  /(?<![\w-])((?:proxy-)?authorization|(?:set-)?cookie2?)(:[ \t]{0,4})(?![ \t"'`\\{[(<])([^\r\n"'`]{1,8000})/gi;
/** SQL, curl and .netrc. */
const IDIOMS: readonly RegExp[] = [
  /(\b(?:identified by|password) {1,4})'[^'\n]{1,200}'/gi,
  /((?<![\w-])(?:-u|--user)[ =]["']?[\w.@-]{1,80}:)[^\s"']{1,200}/g,
  /(\blogin\s{1,8}\S{1,80}\s{1,8}password\s{1,8})\S{1,200}/g,
];

/** Masks the values of fields whose name says that they are secret. */
export function maskFields(text: string): string {
  let shown = text.replace(SECRET_LINE, (whole, name: string, sign: string, value: string) => {
    const bare = value.replace(/[\s,;)]+$/, '');
    return isExpression(bare, '') || isPlaceholder(bare) ? whole : `${name}${sign}${MASK}`;
  });
  for (const idiom of IDIOMS) shown = shown.replace(idiom, `$1${MASK}`);
  for (const each of FORMS) shown = maskEach(shown, each);
  return shown;
}

/** Whether a field of that name holds a secret: `DB_PASSWORD`, `clientSecret`, `x-api-key`, not `max_tokens`, `tokenUrl`. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z\d]+/g, ' ')
    .trim()
    .toLowerCase()
    .replace(TAIL, '');
  return SECRET_WORD.test(words) || SECRET_PAIR.test(words);
}

function maskEach(text: string, { lead, value, follows }: FieldForm): string {
  let shown = '';
  let at = 0;
  // What leads to a value is looked for everywhere, also in the value of a field that holds none.
  for (const match of text.matchAll(lead)) {
    const { name = '' } = match.groups ?? {};
    value.lastIndex = match.index + match[0].length;
    if (value.lastIndex < at || !isSecretName(name)) continue;
    const start = value.lastIndex;
    const [found = ''] = value.exec(text) ?? [];
    const end = start + found.length;
    if (!isSecretValue(name, found, text.charAt(end)) || !follows(text, end, name, found)) continue;
    const quote = match[0].endsWith('[') ? '' : (/^\\{0,15}["'`]/.exec(found)?.[0] ?? '');
    shown += `${text.slice(at, start)}${quote}${MASK}${quote}`;
    at = end;
  }
  return shown + text.slice(at);
}

function isSecretValue(name: string, value: string, next: string): boolean {
  const isQuoted = /^\s*\\{0,15}["'`]/.test(value);
  const bare = value.replace(/^\s*\\{0,15}["'`]|\\{0,15}["'`]$/g, '');
  if (bare === '' || isPlaceholder(bare)) return false;
  // A limit or a number of a list, not a secret.
  if (/^(?:0x[\da-f]{1,4}|\d{1,3})$/i.test(bare)) return false;
  // The folder in which a shell stands.
  if (/^(?:OLD)?PWD$/i.test(name) && /^(?:[/.~]|[A-Z]:)/i.test(bare)) return false;
  return isQuoted || !isExpression(bare, next);
}

/** Whether an unquoted value is an expression, a type or another name of the secret, rather than the secret itself. */
function isExpression(value: string, next: string): boolean {
  if (next === '(' || next === '[') return true;
  if (
    /^(?:string|str|number|int|bool|boolean|any|unknown|bytes|object|void|never|await|new|this|self)$/i.test(
      value,
    )
  )
    return true;
  // A member or an index: `env.TOKEN`, `settings.token`, `Auth::token`.
  if (/^[A-Za-z_$][A-Za-z_$]*(?:(?:\.|::|->|\?\.)[A-Za-z_$][A-Za-z_$]*)+[;,]?$/.test(value)) return true;
  return /^[A-Za-z_$]\w*$/.test(value) && isSecretName(value) && !/\d/.test(value);
}
