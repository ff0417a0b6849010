import { createPrivateKey, randomBytes, X509Certificate } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority } from './certificate.ts';
import { AppError, systemErrorCode } from './errors.ts';
import type { ServerIdentity } from './types.ts';

/** The authority that signs what proxies show to clients, and the file by which clients trust it. */
export interface LocalAuthority {
  readonly identity: ServerIdentity;
  /** PEM of the certificate alone, for NODE_EXTRA_CA_CERTS and the like. */
  readonly certFile: string;
}

const NAME = 'Breakwater local CA';
/** A certificate for a server may live this long; the authority must not end before. */
const LEAST_LEFT_MS = 400 * 86_400_000;
const PRIVATE = { mode: 0o600 } as const;

/**
 * Opens this user's certificate authority, and makes it on first use. Key and certificate lie in the user's own
 * folder outside any workspace, readable by the user only; one that ends soon is made anew.
 *
 * @throws AppError CONFIG_INVALID when its file is damaged, STORAGE_FAILED when it cannot be written.
 */
export async function openLocalAuthority(stateHome: string, now: Date): Promise<LocalAuthority> {
  const folder = join(stateHome, 'tls');
  const keyFile = join(folder, 'ca-key.pem');
  const certFile = join(folder, 'ca.pem');
  try {
    const identity = (await readIdentity(keyFile, now)) ?? (await makeIdentity(folder, keyFile, now));
    const known = await readFile(certFile, 'utf8').catch(() => null);
    if (known !== identity.cert) await replace(certFile, identity.cert);
    return { identity, certFile };
  } catch (error) {
    if (error instanceof AppError) throw error;
    const code = systemErrorCode(error);
    if (code === null) throw error;
    throw new AppError('STORAGE_FAILED', `The local CA below ${folder} could not be kept (${code}).`, {
      hint: 'Make that folder writable, or name another one by BREAKWATER_HOME.',
      cause: error,
    });
  }
}

/** Key and certificate stand in one file, so that two processes never pair one's key with the other's certificate. */
async function readIdentity(keyFile: string, now: Date): Promise<ServerIdentity | null> {
  const text = await readFile(keyFile, 'utf8').catch((error: unknown) => {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (text === null) return null;
  const identity = parseIdentity(text);
  if (identity === null) {
    throw new AppError(
      'CONFIG_INVALID',
      `${keyFile} is damaged: it is not the local CA's key and certificate.`,
      {
        hint: 'Remove that file; a new CA is then made, which clients have to be told about.',
      },
    );
  }
  const endsMs = Date.parse(new X509Certificate(identity.cert).validTo);
  if (endsMs - now.getTime() >= LEAST_LEFT_MS) return identity;
  await rm(keyFile, { force: true });
  return null;
}

function parseIdentity(text: string): ServerIdentity | null {
  const [key] = /-----BEGIN PRIVATE KEY-----.*?-----END PRIVATE KEY-----\n/s.exec(text) ?? [];
  const [cert] = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n/s.exec(text) ?? [];
  if (key === undefined || cert === undefined) return null;
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)) ? { key, cert } : null;
  } catch {
    return null;
  }
}

async function makeIdentity(folder: string, keyFile: string, now: Date): Promise<ServerIdentity> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const made = createAuthority(NAME, now);
  const temporary = `${keyFile}.${randomBytes(4).toString('hex')}.tmp`;
  await writeFile(temporary, `${made.key}${made.cert}`, { ...PRIVATE, flag: 'wx' });
  try {
    // Whoever links first has made it; another process takes what it finds.
    await link(temporary, keyFile);
    return made;
  } catch (error) {
    const found = systemErrorCode(error) === 'EEXIST' ? await readIdentity(keyFile, now) : null;
    if (found === null) throw error;
    return found;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function replace(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  await writeFile(temporary, text, { ...PRIVATE, flag: 'wx' });
  await rename(temporary, file);
}
