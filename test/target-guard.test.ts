import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalHost, kindOfAddress } from '../src/addresses.ts';
import { checkTarget } from '../src/policy.ts';
import { guardTarget, type Resolver, TARGET_REFUSED } from '../src/target-guard.ts';

/** Gives one list of addresses after the other, the last one from then on. */
function resolverOf(...answers: readonly (readonly string[])[]): Resolver {
  let asked = 0;
  return async () => {
    const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
}

/** What a socket is given for a name: addresses, or the code of the error. */
function look(name: string, allowHosts: readonly string[], resolver: Resolver): Promise<string> {
  const { lookup } = guardTarget(name, 80, allowHosts, resolver);
  return new Promise((resolve) => {
    lookup(name, { all: true }, (error, found) => {
      const addresses = Array.isArray(found) ? found.map(({ address }) => address) : [found];
      resolve(error === null ? addresses.join(' ') : String(error.code));
    });
  });
}

test.each([
  ['2130706433', '127.0.0.1'],
  ['0x7f.1', '127.0.0.1'],
  ['0177.0.0.1', '127.0.0.1'],
  ['127.1', '127.0.0.1'],
  ['127.0.0.1.', '127.0.0.1'],
  ['LocalHost.', 'localhost'],
  ['[0:0:0:0:0:0:0:1]', '::1'],
  ['::FFFF:127.0.0.1', '::ffff:7f00:1'],
  ['Bücher.example', 'xn--bcher-kva.example'],
  ['my_db', 'my_db'],
])('the host %j is compared as %j', (written, canonical) => {
  expect(canonicalHost(written)).toBe(canonical);
});

test.each([
  ['127.0.0.1', 'loopback'],
  ['127.255.255.254', 'loopback'],
  ['::1', 'loopback'],
  ['::ffff:127.0.0.1', 'loopback'],
  ['128.0.0.1', 'elsewhere'],
  ['0.0.0.0', 'elsewhere'],
  ['::', 'elsewhere'],
  ['::127.0.0.1', 'elsewhere'],
  ['10.0.0.1', 'elsewhere'],
  ['169.253.255.255', 'elsewhere'],
  ['169.254.169.254', 'metadata'],
  ['169.254.170.2', 'metadata'],
  ['100.100.100.200', 'metadata'],
  ['100.100.100.201', 'elsewhere'],
  ['192.0.0.192', 'metadata'],
  ['168.63.129.16', 'metadata'],
  ['fd00:ec2::254', 'metadata'],
  ['fd20:ce::254', 'metadata'],
  ['fd00:42::42', 'metadata'],
  ['fe80::1', 'metadata'],
  ['fe80::1%eth0', 'metadata'],
  ['::1%lo', 'metadata'],
  ['::ffff:169.254.169.254', 'metadata'],
  ['::169.254.169.254', 'metadata'],
  ['::ffff:0:169.254.169.254', 'metadata'],
  ['64:ff9b::169.254.169.254', 'metadata'],
  ['64:ff9b::100.100.100.200', 'metadata'],
  ['2002:a9fe:a9fe::1', 'metadata'],
  ['2002:6464:64c8::1', 'metadata'],
])('%s is %s', (address, kind) => {
  expect(kindOfAddress(address)).toBe(kind);
});

test('an address in any notation that URLs know is judged as the same address', async () => {
  const notation = fc.constantFrom(
    (value: number) => String(value),
    (value: number) => `0x${value.toString(16)}`,
    (value: number) => `0${value.toString(8)}`,
    (value: number) => [24, 16, 8, 0].map((shift) => `0x${((value >>> shift) & 255).toString(16)}`).join('.'),
    (value: number) => `[::ffff:${(value >>> 16).toString(16)}:${(value & 65_535).toString(16)}]`,
    (value: number) => `${[24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')}.`,
  );
  const address = fc.oneof(
    fc.nat({ max: 0xff_ff_ff }).map((low) => 0x7f_00_00_00 + low),
    fc.nat({ max: 0xff_ff }).map((low) => 0xa9_fe_00_00 + low),
    fc.nat({ max: 0xff_ff_ff_ff }),
  );
  await fc.assert(
    fc.asyncProperty(address, notation, async (value, write) => {
      const isLoopback = value >>> 24 === 127;
      const isMetadata = value >>> 16 === 0xa9fe;
      const url = `http://${write(value)}:8080/x`;
      const ok = await checkTarget(url, []).then(
        () => true,
        () => false,
      );
      expect(ok).toBe(isLoopback);
      const dotted = [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
      const listed = await checkTarget(`http://${dotted}/`, [dotted]).then(
        () => true,
        () => false,
      );
      expect(listed || ['100.100.100.200', '192.0.0.192', '168.63.129.16'].includes(dotted)).toBe(
        !isMetadata,
      );
    }),
    { seed: 8, numRuns: 400 },
  );
});

test.each([
  ['http://127.0.0.1@192.0.2.1/', 'the user part is no host'],
  ['http://127.0.0.1:80@192.0.2.1/', 'nor with a password'],
  ['http://192.0.2.1#@127.0.0.1/', 'a fragment is no host'],
  ['http://192.0.2.1\\@127.0.0.1/', 'a backslash ends the host'],
  ['http://192.0.2.1/@127.0.0.1', 'nor is the path'],
  ['http://192.0.2.1?@127.0.0.1', 'nor the query'],
  ['http://[::ffff:192.0.2.1]/', 'mapped'],
  ['http://[::]:80/', 'all addresses'],
])('%s leads elsewhere (%s)', async (url) => {
  await expect(checkTarget(url, [])).rejects.toMatchObject({ code: 'TARGET_NOT_ALLOWED' });
});

test.each(['http://[fe80::1%25eth0]/', 'http://[::1%25lo]/', 'http://127.0.0.1:99999/', 'http://999.0.0.1/'])(
  '%s is no URL at all',
  async (url) => {
    await expect(checkTarget(url, [])).rejects.toMatchObject({ code: 'BAD_INPUT' });
  },
);

test.each([
  'metadata.google.internal',
  'Metadata.Google.Internal.',
  'metadata',
  'instance-data.ec2.internal',
  '100.100.100.200',
  '1684301000',
  '[fd00:ec2::254]',
])('the metadata service %s is refused even when listed, wherever its name leads', async (host) => {
  const check = checkTarget(`http://${host}/`, [host, host.toLowerCase()], resolverOf(['127.0.0.1']));
  await expect(check).rejects.toMatchObject({
    code: 'TARGET_NOT_ALLOWED',
    hint: expect.stringContaining('no configuration allows'),
  });
});

test('a name is where it resolves to: all of its addresses must be allowed', async () => {
  await checkTarget('http://shop.test/', [], resolverOf(['127.0.0.1', '::1']));
  for (const addresses of [['192.0.2.1'], ['127.0.0.1', '192.0.2.1'], ['::1', '2001:db8::1']]) {
    const check = checkTarget('http://shop.test/', [], resolverOf(addresses));
    await expect(check).rejects.toMatchObject({ code: 'TARGET_NOT_ALLOWED' });
  }
  await checkTarget('http://shop.test/', ['shop.test'], resolverOf(['192.0.2.1']));
  const hidden = checkTarget(
    'http://shop.test/',
    ['shop.test'],
    resolverOf(['192.0.2.1', '169.254.169.254']),
  );
  await expect(hidden).rejects.toMatchObject({ code: 'TARGET_NOT_ALLOWED' });
});

test.each([
  ['shop.test', 'http://shop.test:81/', true],
  ['SHOP.test.', 'http://shop.test./', true],
  ['shop.test:81', 'http://shop.test:81/', true],
  ['shop.test:80', 'http://shop.test/', true],
  ['shop.test:443', 'https://shop.test/', true],
  ['shop.test:81', 'http://shop.test/', false],
  ['hop.test', 'http://shop.test/', false],
  ['test', 'http://shop.test/', false],
  ['*.test', 'http://shop.test/', false],
  ['*', 'http://shop.test/', false],
  ['', 'http://shop.test/', false],
  ['192.0.2.1', 'http://3221225985/', true],
  ['2001:db8::1', 'http://[2001:DB8:0::1]/', true],
  ['[2001:db8::1]:81', 'http://[2001:db8::1]:81/', true],
  ['[2001:db8::1]:81', 'http://[2001:db8::1]/', false],
])('allow_hosts with %j: %s %s', async (entry, url, allowed) => {
  const check = checkTarget(url, [entry], resolverOf(['192.0.2.1']));
  if (allowed) await check;
  else await expect(check).rejects.toMatchObject({ code: 'TARGET_NOT_ALLOWED' });
});

test('a name that leads elsewhere by the time it is used gets no socket', async () => {
  const resolver = resolverOf(['127.0.0.1'], ['127.0.0.1'], ['192.0.2.1']);
  await checkTarget('http://shop.test/', [], resolver);
  expect(await look('shop.test', [], resolver)).toBe('127.0.0.1');
  expect(await look('shop.test', [], resolver)).toBe(TARGET_REFUSED);
});

test('a listed name that comes to lead to a metadata service gets no socket', async () => {
  const resolver = resolverOf(['192.0.2.1'], ['192.0.2.1'], ['::ffff:169.254.169.254']);
  await checkTarget('http://shop.test/', ['shop.test'], resolver);
  expect(await look('shop.test', ['shop.test'], resolver)).toBe('192.0.2.1');
  expect(await look('shop.test', ['shop.test'], resolver)).toBe(TARGET_REFUSED);
});

test('names at and below localhost are loopback, whatever a resolver says', async () => {
  expect(await look('app.localhost', [], resolverOf(['192.0.2.1']))).toBe('127.0.0.1 ::1');
  expect(await look('localhost', [], resolverOf(['192.0.2.1', '::1']))).toBe('::1');
  expect(await look('localhost', [], resolverOf([]))).toBe('127.0.0.1 ::1');
});

test('a name without an address fails as the system says it', async () => {
  const failing: Resolver = () => Promise.reject(Object.assign(new Error('x'), { code: 'EAI_AGAIN' }));
  expect(await look('shop.test', [], failing)).toBe('EAI_AGAIN');
  expect(await look('shop.test', [], resolverOf([]))).toBe('ENOTFOUND');
  const check = checkTarget('http://shop.test/', [], failing);
  await expect(check).rejects.toMatchObject({ code: 'TARGET_UNREACHABLE' });
});

test('a caller that wants one address, or one family, gets that', async () => {
  const { lookup } = guardTarget('shop.test', 80, [], resolverOf(['127.0.0.1', '::1']));
  const one = await new Promise((resolve) => {
    lookup('shop.test', { family: 6 }, (_error, address, family) => resolve([address, family]));
  });
  expect(one).toEqual(['::1', 6]);
});
