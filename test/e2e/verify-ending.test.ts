import { cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startService } from '../../examples/demo/services.ts';
import { loadConfig } from '../../src/config.ts';
import { trust } from '../../src/trust.ts';
import { repository, startHost, type TestHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const DEADLY = {
  file: 'src/payments-client.js',
  search: 'if (!response.ok) throw new PaymentsError(response.status);',
  replace: "if (!response.ok) { console.error('TypeError: no answer to read'); process.exit(3); }",
};

/** A host in a copy of examples/orders, with one item for each fault of payments and what is expected under it. */
async function hostFor(...items: readonly (readonly [fault: string, expected: string])[]): Promise<TestHost> {
  const payments = await startService(join(repository, 'examples/payments/server.js'), { PORT: '0' });
  onTestFinished(() => payments.stop());
  const workspace = await makeTempFolder();
  const home = await makeTempFolder();
  await cp(join(repository, 'examples/orders'), workspace, { recursive: true });
  await symlink(join(repository, 'node_modules'), join(workspace, 'node_modules'), 'junction');
  const item = (fault: string, expected: string) => `
- call: { method: GET, url: "http://127.0.0.1:7100/orders/ord_1001", timeout: 20000 }
  context: { upstreams: [ "${payments.url}" ], faults: [ ${fault} ] }
  expect: { ${expected} }`;
  await writeFile(
    join(workspace, 'scenario.yaml'),
    `title: Payments is not well\nitems:${items.map(([fault, expected]) => item(fault, expected)).join('')}\n`,
  );
  await writeFile(
    join(workspace, 'breakwater.yaml'),
    `app:\n  command: [node, server.js]\n  ready: "http://127.0.0.1:{port}/health"\n  env: { PORT: "{port}", PAYMENTS_URL: "http://{payments}" }\ndependencies:\n  payments: ${payments.url}\n`,
  );
  const { file } = await loadConfig({ workspace, stateHome: home });
  if (file !== null) await trust(home, file, new Date());
  return startHost({ workspace, env: { BREAKWATER_HOME: home }, answer: 'accept' });
}

test('a patch that ends the service under a fault is a regression, and the items after it are still measured', async () => {
  const { call } = await hostFor(
    ['{ type: httperror, status_code: 503 }', 'statuses: [200, 502, 503]'],
    ['{ type: latency, mean: 20 }', 'status: 200'],
  );
  await call('patch_propose', { edits: [DEADLY] });
  const { text } = await call('patch_verify', {
    patch_id: 'latest',
    file: 'scenario.yaml',
    wait_seconds: 110,
  });
  expect(text).toMatch(/^regressed: 1 item ends the service: GET \/orders\/ord_1001/);
  expect(text).toMatch(
    /With the patch, the service does not survive:\n- GET .*ended by itself with exit code 3, after "TypeError: no answer to read"; it was started again\n/,
  );
  expect(text).not.toContain('Before the patch, the service did not survive');
  expect(text).toMatch(/pass: 1× 200[^|]*→ pass: 1× 200/);
}, 180_000);

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: text of a file, not a template
const IMPATIENT = {
  file: 'src/payments-client.js',
  search: 'fetch(`${baseUrl}/charges/${encodeURIComponent(chargeId)}`)',
  replace: 'fetch(`${baseUrl}/charges/${encodeURIComponent(chargeId)}`, { signal: AbortSignal.timeout(0) })',
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: text of a file, not a template

test('a patch that fails without any fault is a regression, also where its errors are expected under the fault', async () => {
  const { call } = await hostFor(['{ type: blackhole }', 'statuses: [200, 502, 503, 504]']);
  await call('patch_propose', { edits: [IMPATIENT] });
  const { text } = await call('patch_verify', {
    patch_id: 'latest',
    file: 'scenario.yaml',
    wait_seconds: 110,
  });
  expect(text).toMatch(/^regressed: 1 item fails without any fault: GET \/orders\/ord_1001/);
}, 180_000);

test('a patch with which the service does not start is told to be the reason', async () => {
  const { call } = await hostFor(['{ type: latency, mean: 20 }', 'status: 200']);
  const search = 'const RETRY_PAUSE_MS = 100;';
  await call('patch_propose', {
    edits: [{ file: 'src/payments-client.js', search, replace: `${search}\nnull.nothing();` }],
  });
  const answer = await call('patch_verify', { patch_id: 'latest', file: 'scenario.yaml', wait_seconds: 110 });
  expect(answer.isError).toBe(true);
  expect(answer.text).toMatch(
    /^SERVICE_NOT_READY: regressed: only with the patch, the service does not start\. .*ended with exit code 1/,
  );
  expect(answer.text).toContain('TypeError: Cannot read properties of null');
}, 180_000);
