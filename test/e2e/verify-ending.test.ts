import { cp, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startService } from '../../examples/demo/services.ts';
import { loadConfig } from '../../src/config.ts';
import { trust } from '../../src/trust.ts';
import { repository, startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const DEADLY = {
  file: 'src/payments-client.js',
  search: 'if (!response.ok) throw new PaymentsError(response.status);',
  replace: "if (!response.ok) { console.error('TypeError: no answer to read'); process.exit(3); }",
};

test('a patch that ends the service under a fault is a regression, and the items after it are still measured', async () => {
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
    `title: Payments is not well\nitems:${item('{ type: httperror, status_code: 503 }', 'statuses: [200, 502, 503]')}${item('{ type: latency, mean: 20 }', 'status: 200')}\n`,
  );
  await writeFile(
    join(workspace, 'breakwater.yaml'),
    `app:\n  command: [node, server.js]\n  ready: "http://127.0.0.1:{port}/health"\n  env: { PORT: "{port}", PAYMENTS_URL: "http://{payments}" }\ndependencies:\n  payments: ${payments.url}\n`,
  );
  const { file } = await loadConfig({ workspace, stateHome: home });
  if (file !== null) await trust(home, file, new Date());
  const { call } = await startHost({ workspace, env: { BREAKWATER_HOME: home }, answer: 'accept' });
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
