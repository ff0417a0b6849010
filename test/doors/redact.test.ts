import { performance } from 'node:perf_hooks';
import { expect, test } from 'vitest';
import { redact, redactHeaders, tame } from '../../src/policy.ts';
import { HARMLESS, SPECIMENS } from './secrets-corpus.ts';

test.each(SPECIMENS)('$name is masked', ({ text, secret }) => {
  const masked = redact(text);
  expect(masked).not.toContain(secret);
  expect(masked).toContain('***');
});

test.each(SPECIMENS)('$name is masked within a line, a list and a JSON text', ({ text, secret }) => {
  for (const around of [`before ${text} after`, `- \`${text}\`\n- next`, JSON.stringify({ a: [text] })]) {
    expect(redact(around)).not.toContain(secret);
  }
});

test.each(SPECIMENS)('$name, masked once, stays as it is', ({ text }) => {
  const once = redact(text);
  expect(redact(once)).toBe(once);
});

test.each(HARMLESS)('%j stays readable', (text) => {
  expect(redact(text)).toBe(text);
});

test('what stands beside a secret stays', () => {
  expect(redact('user=ann&password=abc1&remember=1')).toBe('user=ann&password=***&remember=1');
  expect(redact('postgres://app:pw1@db:5432/shop?x=1')).toBe('postgres://app:***@db:5432/shop?x=1');
  expect(redact("const apiKey = 'k1'; send(apiKey);")).toBe("const apiKey = '***'; send(apiKey);");
  expect(redact('{"a":1,"token":"x","b":"y"}')).toBe('{"a":1,"token":"***","b":"y"}');
  expect(redact('Server=db;Password=p1;Encrypt=true')).toBe('Server=db;Password=***;Encrypt=true');
});

test('headers are masked by their names, and their values by form', () => {
  const shown = redactHeaders({
    Authorization: 'x',
    'Set-Cookie': 'y',
    'X-Auth': 'z',
    'Ocp-Apim-Subscription-Key': 'k',
    Referer: 'http://a.test/?access_token=t1',
    Accept: '*/*',
  });
  expect(shown).toEqual({
    Authorization: '***',
    'Set-Cookie': '***',
    'X-Auth': '***',
    'Ocp-Apim-Subscription-Key': '***',
    Referer: 'http://a.test/?access_token=***',
    Accept: '*/*',
  });
});

test.each([
  ['letters', 'a'.repeat(400_000)],
  ['an open quote', `password="${'a'.repeat(400_000)}`],
  ['backslashes', `"password":"${'\\'.repeat(400_000)}`],
  ['names', 'password='.repeat(40_000)],
  ['spaces', `token${' '.repeat(400_000)}=x`],
  ['schemes', 'http://a:'.repeat(40_000)],
  ['ats', `http://a:${'b@'.repeat(200_000)}`],
  ['dashes', '-----BEGIN PRIVATE KEY'.repeat(20_000)],
  ['begins of keys', '-----BEGIN PRIVATE KEY-----'.repeat(15_000)],
  ['tokens', 'eyJ'.repeat(130_000)],
  ['angles', '<password>'.repeat(40_000)],
  ['escaped quotes', '\\"token\\":\\"'.repeat(30_000)],
  ['words of sk', 'sk-'.repeat(130_000)],
])('a long text of %s takes no more than time in proportion', (_kind, text) => {
  const started = performance.now();
  tame(text, 1_000);
  // A quadratic pattern takes minutes here.
  expect(performance.now() - started).toBeLessThan(20_000);
});
