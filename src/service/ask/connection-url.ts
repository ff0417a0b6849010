import { AppError } from '../../errors.ts';
import type { StringMap, Upstream } from '../../types.ts';
import { fillPlaceholders, hasPlaceholder, listPlaceholders } from '../placeholders.ts';

/** Scheme of a URL for dependencies that can be asked, by the protocol of the upstream. */
const SCHEMES: Readonly<Partial<Record<Upstream['protocol'], string>>> = {
  psql: 'postgresql',
  psqls: 'postgresql',
  redis: 'redis',
};
/** `jdbc:postgresql:`, `postgresql+asyncpg:`: the driver is the service's business. */
const DRIVER = /^(?:jdbc:)?([a-z][a-z0-9.-]*)(?:\+[a-z0-9_.-]+)?:\/\//i;

/**
 * Gives the URL by which the service reaches the dependency `name`, with the real upstream in place of its proxy:
 * from the variable of `app.env` that holds `{name}`, else from variables such as PGHOST, PGUSER and PGPASSWORD.
 * It holds credentials: never show it. `null`: none of the variables says it.
 */
export function connectionUrlOf(
  env: StringMap,
  name: string,
  upstream: Pick<Upstream, 'protocol' | 'host' | 'port'>,
): string | null {
  const host = upstream.host.includes(':') ? `[${upstream.host}]` : upstream.host;
  const values = listPlaceholders(upstream.port, { [name]: `${host}:${upstream.port}` });
  const names = Object.keys(values).filter((one) => one !== 'port');
  const found = Object.entries(env)
    .filter(([, value]) => names.some((one) => hasPlaceholder(value, one)))
    .map(([variable, value]) => ({ variable, value: fill(value, values) }));
  const url = found.map(({ value }) => value.replace(DRIVER, '$1://')).find(isUrl);
  if (url !== undefined) return url;
  const scheme = SCHEMES[upstream.protocol];
  const prefix = found
    .map(({ variable }) => /^(.*?)(?:HOST|HOSTNAME|ADDR|ADDRESS)$/i.exec(variable)?.[1])
    .find((one) => one !== undefined);
  if (scheme === undefined || prefix === undefined) return null;
  return composeUrl(`${scheme}://${host}:${upstream.port}`, env, prefix);
}

/**
 * Reads such a URL.
 *
 * @throws AppError CONFIG_INVALID for what is none. It does not show the text, which may hold a password.
 */
export function parseConnectionUrl(text: string): URL {
  if (URL.canParse(text)) return new URL(text);
  throw new AppError(
    'CONFIG_INVALID',
    'The address of a dependency in app.env of breakwater.yaml is no URL.',
    {
      hint: 'Write it as scheme://user:password@{name}/…, with reserved characters of the password percent-encoded.',
    },
  );
}

/** Variables that stand beside that of the host: `DB_USER`, `DB_PASSWORD`, `DB_NAME`. */
function composeUrl(origin: string, env: StringMap, prefix: string): string {
  const read = (...endings: readonly string[]) =>
    endings.map((ending) => env[`${prefix}${ending}`]).find((value) => value !== undefined) ?? '';
  const url = new URL(origin);
  url.username = encodeURIComponent(read('USER', 'USERNAME'));
  url.password = encodeURIComponent(read('PASSWORD', 'PASS'));
  url.pathname = `/${encodeURIComponent(read('DATABASE', 'NAME', 'DB', 'DBNAME'))}`;
  return url.href;
}

/** A value that leads elsewhere too, such as to a list of servers, stays as it is. */
function fill(value: string, values: StringMap): string {
  try {
    return fillPlaceholders(value, values, 'app.env');
  } catch {
    return value;
  }
}

function isUrl(value: string): boolean {
  return /^[a-z][a-z0-9.-]*:\/\//i.test(value) && URL.canParse(value);
}
