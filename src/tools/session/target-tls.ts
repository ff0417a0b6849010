import { createSecureContext } from 'node:tls';
import type { Config, TargetTlsFiles } from '../../config.ts';
import { AppError } from '../../errors.ts';
import type { OpenProxy, ProxyHost } from '../../proxy/host.ts';
import type { UpstreamTls } from '../../types.ts';
import type { ProxySpec } from '../../types-proxy.ts';
import type { FaultProgram } from '../../types-run.ts';
import { readTextInside } from '../../workspace-files.ts';

const MAX_PEM_BYTES = 1024 * 1024;

/** A host whose proxies speak TLS to their upstreams as breakwater.yaml says (`targets.tls`). */
export function withTargetTls(host: ProxyHost, loadConfig: () => Promise<Config>): ProxyHost {
  return {
    ...host,
    async open(spec: ProxySpec, program: FaultProgram): Promise<OpenProxy> {
      const tls = spec.tls ?? (await readTargetTls(await loadConfig()));
      return host.open(tls === null ? spec : { ...spec, tls }, program);
    },
  };
}

/**
 * Reads the CA and the client certificate for upstreams; `null`: the configuration names none.
 *
 * @throws AppError CONFIG_INVALID when a file cannot be read or is not what it should be.
 */
export async function readTargetTls({ workspace, targetTls }: Config): Promise<UpstreamTls | null> {
  if (targetTls === null) return null;
  const tls: Partial<Record<keyof TargetTlsFiles, string>> = {};
  for (const key of ['ca', 'cert', 'key'] as const) {
    const path = targetTls[key];
    if (path !== null) tls[key] = await readPem(workspace, key, path);
  }
  try {
    createSecureContext(tls);
    return tls;
  } catch (cause) {
    throw misfit('they are no certificates and key in PEM that belong together', cause);
  }
}

async function readPem(workspace: string, key: string, path: string): Promise<string> {
  const { text } = await readTextInside(workspace, path, MAX_PEM_BYTES).catch((cause: unknown) => {
    const why = cause instanceof AppError ? cause.message.replace(/\.$/, '') : 'unknown reason';
    throw misfit(`${key}: ${path} cannot be read: ${why}`, cause);
  });
  // What holds no block at all would be taken for an empty list.
  if (!text.includes('-----BEGIN ')) throw misfit(`${key}: ${path} is no PEM file`, null);
  return text;
}

function misfit(what: string, cause: unknown): AppError {
  return new AppError('CONFIG_INVALID', `breakwater.yaml: targets.tls: ${what}.`, {
    hint: 'Name PEM files in the workspace: ca, and cert with key for a client certificate.',
    cause,
  });
}
