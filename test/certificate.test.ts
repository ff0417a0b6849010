import { X509Certificate } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAuthority, createServerCertificate } from '../src/certificate.ts';
import { openLocalAuthority } from '../src/local-ca.ts';
import { makeTempFolder } from './helpers/temp-folder.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const DAY_MS = 86_400_000;

describe('a server certificate', () => {
  const authority = createAuthority('Test CA', NOW);
  const hosts = ['localhost', '127.0.0.1', '::1', 'shop.test', '2001:db8::ffff:1.2.3.4'];
  const leaf = new X509Certificate(createServerCertificate(authority, hosts, NOW).cert);
  const ca = new X509Certificate(authority.cert);

  test('is issued and signed by its authority, which is one, and is none itself', () => {
    expect(leaf.checkIssued(ca) && leaf.verify(ca.publicKey)).toBe(true);
    expect(ca.ca && ca.verify(ca.publicKey)).toBe(true);
    expect(leaf.ca).toBe(false);
  });

  test('is for the hosts given and no others', () => {
    expect(leaf.subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:shop.test, IP Address:2001:DB8:0:0:0:FFFF:102:304',
    );
    expect(leaf.checkHost('shop.test')).toBe('shop.test');
    expect(leaf.checkHost('other.test')).toBeUndefined();
    expect(leaf.checkIP('::1')).toBe('::1');
  });

  test('is valid from a day ago, for at most 398 days, its authority for years', () => {
    expect(Date.parse(leaf.validFrom)).toBe(NOW.getTime() - DAY_MS);
    expect(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom)).toBe(397 * DAY_MS);
    expect(Date.parse(ca.validTo) - NOW.getTime()).toBeGreaterThan(3_600 * DAY_MS);
  });

  test('has another serial number and key each time', () => {
    const other = new X509Certificate(createServerCertificate(authority, hosts, NOW).cert);
    expect(other.serialNumber).not.toBe(leaf.serialNumber);
    expect(other.publicKey.equals(leaf.publicKey)).toBe(false);
  });

  test('may end after 2049, when dates are written otherwise', () => {
    const late = createAuthority('Test CA', new Date('2045-01-01T00:00:00Z'));
    expect(new X509Certificate(late.cert).validTo).toMatch(/ 2054 GMT$/);
  });
});

describe('the local authority', () => {
  test('is made once, for the user only, and is the same afterwards', async () => {
    const home = join(await makeTempFolder(), 'state');
    const first = await openLocalAuthority(home, NOW);
    expect(await openLocalAuthority(home, NOW)).toEqual(first);
    expect(await readFile(first.certFile, 'utf8')).toBe(first.identity.cert);
    for (const name of ['ca.pem', 'ca-key.pem']) {
      expect((await stat(join(home, 'tls', name))).mode & 0o777, name).toBe(0o600);
    }
    expect(await readFile(first.certFile, 'utf8')).not.toContain('PRIVATE');
  });

  test('is one, however many make it at once', async () => {
    const home = await makeTempFolder();
    const made = await Promise.all(Array.from({ length: 5 }, () => openLocalAuthority(home, NOW)));
    expect(new Set(made.map(({ identity }) => identity.key)).size).toBe(1);
  });

  test('is made anew before what it signs would outlive it', async () => {
    const home = await makeTempFolder();
    const old = await openLocalAuthority(home, NOW);
    const late = new Date(Date.parse(new X509Certificate(old.identity.cert).validTo) - 300 * DAY_MS);
    const fresh = await openLocalAuthority(home, late);
    expect(fresh.identity.cert).not.toBe(old.identity.cert);
    expect(await readFile(fresh.certFile, 'utf8')).toBe(fresh.identity.cert);
  });

  test('that is damaged is an error that names its file', async () => {
    const home = await makeTempFolder();
    await openLocalAuthority(home, NOW);
    await writeFile(join(home, 'tls', 'ca-key.pem'), 'broken');
    await expect(openLocalAuthority(home, NOW)).rejects.toThrow(/ca-key\.pem is damaged/);
  });
});
