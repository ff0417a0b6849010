import type { Config } from '../../config.ts';
import { AppError } from '../../errors.ts';
import { parseMapping } from '../../proxy/mapping.ts';
import type { ProxyMapping } from '../../types.ts';

/** The dependencies of breakwater.yaml, read as mappings. */
export function parseDependencies(config: Config): Readonly<Record<string, ProxyMapping>> {
  return Object.fromEntries(
    Object.entries(config.dependencies).map(([name, text]) => [name, parseDependency(name, text)]),
  );
}

function parseDependency(name: string, text: string): ProxyMapping {
  try {
    return parseMapping(text);
  } catch (cause) {
    const why = cause instanceof AppError ? cause.message : 'it cannot be read';
    throw new AppError('CONFIG_INVALID', `breakwater.yaml: dependencies.${name}: ${why}`, {
      hint: 'Write it as PROTOCOL://HOST:PORT, for example http://127.0.0.1:7200.',
      cause,
    });
  }
}
