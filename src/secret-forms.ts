/** Stands where a secret stood. */
export const MASK = '***';

/**
 * Keys and tokens by the prefixes that their vendors document, so that leaks can be found. Each is bounded on the
 * left, and none may go back over what it has read: text from outside can be long.
 */
const PREFIXED = [
  // OpenAI, Anthropic, OpenRouter and others; a name in words with dashes is none.
  'sk-(?=[\\w-]{0,200}\\d|[A-Za-z]{16})[\\w-]{16,}',
  '(?:gsk_|r8_|hf_)\\w{20,}',
  '(?:pplx-|xai-)\\w{20,}',
  // Stripe
  '(?:sk|rk)_(?:live|test)_\\w{10,}',
  'whsec_[\\w+/=]{16,}',
  // GitHub, GitLab, Bitbucket and Atlassian
  'gh[pousr]_\\w{20,}',
  'github_pat_\\w{20,}',
  'gl(?:pat|dt|rt|cbt|ptt|soat|ft|oas|agent|imt)-[\\w-]{16,}',
  'AT(?:ATT3|BB|CTT3)[\\w=-]{16,}',
  // AWS access key ids, also temporary ones
  'A(?:KIA|SIA|BIA|CCA)[0-9A-Z]{16}',
  // Google: API keys, OAuth client secrets, access and refresh tokens
  'AIza[\\w-]{30,}',
  'GOCSPX-[\\w-]{20,}',
  'ya29\\.[\\w-]{20,}',
  '1//0[\\w-]{20,}',
  // Slack, Telegram
  'xox[abeoprs](?:\\.xox[bp])?-[\\w-]{10,}',
  'xapp-[\\w-]{10,}',
  '\\d{8,10}:AA[\\w-]{32,}',
  // SendGrid, Mailgun, Mailchimp, Twilio
  'SG\\.[\\w-]{16,}\\.[\\w-]{16,}',
  'key-[0-9a-f]{32}',
  '[0-9a-f]{32}-us\\d{1,2}',
  'SK[0-9a-f]{32}',
  // Registries
  'npm_[A-Za-z0-9]{30,}',
  'pypi-[\\w-]{30,}',
  'rubygems_[0-9a-f]{40,}',
  'dckr_(?:pat|oat)_[\\w-]{20,}',
  // Hosting, monitoring, stores
  'do[opr]_v1_[0-9a-f]{40,}',
  'HRKU-[\\w-]{30,}',
  'dapi[0-9a-f]{32}',
  'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}',
  'sq0(?:atp|csp|idp)-[\\w-]{20,}',
  'NRAK-[A-Z0-9]{20,}',
  'gl(?:sa|c)_[\\w=+/-]{30,}',
  'sntry[su]_[\\w=+/-]{30,}',
  'pscale_(?:tkn|pw|oauth)_[\\w.=-]{20,}',
  'sbp_[0-9a-f]{30,}',
  'hv[bsr]\\.[\\w-]{20,}',
  '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w-]{40,}',
  'PMAK-[0-9a-f]{20,}-[0-9a-f]{20,}',
  'dp\\.(?:pt|st|ct|sa)\\.[\\w.-]{20,}',
  'lin_api_\\w{20,}',
  'ntn_\\w{20,}',
  'figd_[\\w-]{20,}',
  'pul-[0-9a-f]{40}',
  'dt0c01\\.[\\w.]{40,}',
  'AGE-SECRET-KEY-1[0-9A-Z]{40,}',
  // JSON Web Tokens (RFC 7519), whole or cut short
  'eyJ[\\w-]{4,}\\.[\\w-]+(?:\\.[\\w-]*)?',
];
const TOKEN = new RegExp(`(?<![\\w-])(?:${PREFIXED.join('|')})`, 'g');

/** RFC 7468 and OpenSSH: a private key to its end, or to the end of a text that breaks off in it. */
const PRIVATE_KEY = /-----BEGIN ([A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?)-----[\s\S]*?(?:-----END \1-----|$)/g;

/** `user:password@` of a URL; a password may hold `@`, and outside HTTP `/` too. */
const URL_PASSWORD =
  /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@"'`<>]{0,100}):(?!\d{1,5}(?:[/?#,\s"'`<>]|$))([^\s/"'`<>]{1,500})@/gi;
const STORE_PASSWORD =
  /(?<![a-z0-9+.-])((?!https?:)[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@"'`<>]{0,100}):(?!\d{1,5}(?:[/?#,\s"'`<>]|$))([^\s@"'`<>]{1,500})@/gi;
/** A token in place of the user. */
const URL_TOKEN = /(:\/\/)[\w.~%+-]{20,}@/g;
/** Data source names of Go's MySQL driver and of Oracle's JDBC driver. */
const DRIVER_PASSWORD = /(?<![\w.-])([\w.-]{1,60}):[^\s:@/"'`]{1,200}@((?:tcp|unix)\()/g;
const ORACLE_PASSWORD = /(jdbc:oracle:[a-z]{1,10}:[\w.-]{1,60})\/[^\s@"'`]{1,200}@/gi;
/** Incoming webhooks: who has the URL may post. */
const WEBHOOK =
  /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/)[\w/-]+/g;

/** RFC 6750 and RFC 7617, and schemes like them. */
const CREDENTIALS = /\b(Bearer|Basic|Token|ApiKey|Negotiate)( {1,4})([\w.~+/-]{4,4000}={0,2})/gi;

/** Masks what is a secret by its form, whatever it stands beside. */
export function maskForms(text: string): string {
  return text
    .replace(PRIVATE_KEY, (_whole, kind: string) => `-----BEGIN ${kind}-----${MASK}`)
    .replace(URL_PASSWORD, maskPassword)
    .replace(STORE_PASSWORD, maskPassword)
    .replace(URL_TOKEN, `$1${MASK}@`)
    .replace(DRIVER_PASSWORD, `$1:${MASK}@$2`)
    .replace(ORACLE_PASSWORD, `$1/${MASK}@`)
    .replace(WEBHOOK, `$1${MASK}`)
    .replace(CREDENTIALS, (whole, scheme: string, gap: string, value: string) =>
      isCredential(scheme.toLowerCase(), value) ? `${scheme}${gap}${MASK}` : whole,
    )
    .replace(TOKEN, MASK);
}

function maskPassword(whole: string, before: string, password: string): string {
  return isPlaceholder(password) ? whole : `${before}:${MASK}@`;
}

/** Words follow these schemes in prose too: `Basic usage`, `a bearer token`. */
function isCredential(scheme: string, value: string): boolean {
  if (scheme === 'basic') return Buffer.from(value, 'base64').toString('latin1').includes(':');
  const isWord =
    /^[a-z]{1,15}(?:[-./][a-z]{1,15})*$/i.test(value) || /^[A-Z_]+$/.test(value) || /^\.+$/.test(value);
  return !isWord && value.length >= (scheme === 'bearer' ? 4 : 16);
}

/** What stands for a secret without being one: nothing is left without the names in it. */
export function isPlaceholder(text: string): boolean {
  if (/^(?:<.*>|\*{3,}|…|\.{3}|x{3,}|[?$@:]\w*|%\w+%?)$/i.test(text)) return true;
  const left = text
    .replace(/\$?\{\{?[^{}]{0,200}\}?\}|\$\([^()]{0,200}\)|%[sdv]|\*{3}/g, '')
    .replace(/\b(?:bearer|basic|token|apikey)\b/gi, '');
  if (/^[\s:;,=_.$…-]*$/.test(left)) return true;
  // What generators of examples write: openapi-sampler repeats these to the length that is wanted.
  if (/^(?:string)+(?:s|st|str|stri|strin)?$/.test(text) || text.startsWith('pa$$word')) return true;
  return /^(?:true|false|null|none|undefined|nil|required|optional|password|secret|omit|include|same-origin)$/i.test(
    text,
  );
}
