// The whole loop against two running services, driven by the MCP client of the SDK as a host would drive it.
// Ends with exit status 1 when a step does not do what it says.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Conversation, converse, headline } from './conversation.ts';
import { findFreePort, type Service, startService } from './services.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const ORDER = 'GET /orders/{order_id}';

interface Stage {
  readonly workspace: string;
  readonly env: Readonly<Record<string, string>>;
  readonly payments: Service;
  readonly orders: Service;
  readonly proxyPort: number;
}

async function setTheStage(): Promise<Stage> {
  headline('Two services: orders calls payments');
  const workspace = realpathSync(mkdtempSync(join(tmpdir(), 'breakwater-demo-')));
  cpSync(join(repository, 'examples/orders'), workspace, { recursive: true });
  symlinkSync(join(repository, 'node_modules'), join(workspace, 'node_modules'), 'junction');
  const payments = await startService(join(repository, 'examples/payments/server.js'), { PORT: '0' });
  const proxyPort = await findFreePort();
  const orders = await startService(join(workspace, 'server.js'), {
    PORT: '0',
    PAYMENTS_URL: `http://127.0.0.1:${proxyPort}`,
  });
  writeFileSync(
    join(workspace, 'breakwater.yaml'),
    [
      'app:',
      '  command: [node, server.js]',
      '  ready: "http://127.0.0.1:{port}/health"',
      '  env: { PORT: "{port}", PAYMENTS_URL: "http://{payments}" }',
      'dependencies:',
      `  payments: ${payments.url}`,
      `spec: ${orders.url}/openapi.json`,
      '',
    ].join('\n'),
  );
  const env = { BREAKWATER_WORKSPACE: workspace, BREAKWATER_HOME: join(workspace, '.breakwater', 'home') };
  process.stdout.write(
    `orders   ${orders.url}\npayments ${payments.url}, reached by orders through 127.0.0.1:${proxyPort}\nworkspace ${workspace}\n`,
  );
  return { workspace, env, payments, orders, proxyPort };
}

async function playTheLoop(
  { env, payments, orders, proxyPort, workspace }: Stage,
  host: Conversation,
): Promise<void> {
  headline('1. A proxy between orders and payments');
  expectText(
    await host.call('proxy_open', { upstream: `${proxyPort}=${payments.url}`, name: 'payments' }),
    /listening/,
  );

  headline('2. Scenarios from the OpenAPI document that orders serves');
  const edge = await host.call('scenario_generate', {
    spec: `${orders.url}/openapi.json`,
    operations: [ORDER],
    shapes: ['latency_spike', 'latency_stairs', 'http_errors'],
  });
  const dependency = await host.call('scenario_generate', {
    operations: [ORDER],
    shapes: ['dependency_slow', 'dependency_hang', 'dependency_down'],
  });

  headline('3. Faults at the edge, in front of orders');
  const edgeRun = await host.call('scenario_run', { scenario_id: idIn(edge, 'scn') });
  expectText(edgeRun, /pass/);

  headline('4. Faults on the dependency, between orders and payments');
  const dependencyRun = await host.call('scenario_run', { scenario_id: idIn(dependency, 'scn') });
  expectText(dependencyRun, /fail/);
  const runId = idIn(dependencyRun, 'run');

  headline('5. The report');
  await host.call('run_report', { run_id: runId, view: 'fidelity' });
  expectText(await host.readResource(`breakwater://runs/${runId}/report.md`), /GET \/orders/);

  headline('6. Which lines are responsible');
  const review = await host.call('review_code', { run_id: runId });
  expectText(review, /payments-client\.js:\d+/);

  headline('7. A patch from the findings');
  const findings = [...new Set(review.match(/fnd_[0-9a-f]+/g) ?? [])];
  const proposed = await host.call('patch_propose', { finding_ids: fixableOf(review, findings) });
  expectText(proposed, /AbortSignal\.timeout/);

  headline('8. Does it help? The same scenarios, the same seed, before and after');
  process.stdout.write('\nIn a terminal, once, after reading breakwater.yaml:\n$ breakwater trust\n');
  process.stdout.write(
    execFileSync(process.execPath, [join(repository, 'dist/cli.js'), '--root', workspace, 'trust'], {
      env: { PATH: process.env.PATH ?? '', ...env },
      encoding: 'utf8',
    }),
  );
  const verified = await host.call('patch_verify', {
    patch_id: idIn(proposed, 'pat'),
    run_id: runId,
    titles: ['hangs', 'down'],
  });

  headline('Result');
  process.stdout.write(`Report: ${join(workspace, '.breakwater', 'runs', runId, 'report.md')}\n`);
  process.stdout.write(`${verified.split('\n')[0] ?? ''}\n`);
  expectText(verified, /^fixed/);
}

function idIn(text: string, prefix: string): string {
  const id = new RegExp(`${prefix}_[0-9a-f]{16}`).exec(text)?.[0];
  if (id === undefined) throw new Error(`the answer names no ${prefix}_ id`);
  return id;
}

/** The ids that the review's own next call proposes to fix. */
function fixableOf(review: string, otherwise: readonly string[]): readonly string[] {
  const args = /Next: patch_propose (\{.*?\})(?: or |$)/s.exec(review)?.[1];
  return args === undefined
    ? otherwise
    : (JSON.parse(args) as { readonly finding_ids: readonly string[] }).finding_ids;
}

function expectText(text: string, pattern: RegExp): void {
  if (!pattern.test(text)) throw new Error(`expected ${pattern} in the answer above`);
}

const stage = await setTheStage();
let host: Conversation | null = null;
try {
  host = await converse(repository, stage.env);
  await playTheLoop(stage, host);
} catch (error) {
  process.exitCode = 1;
  process.stderr.write(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}\n`);
} finally {
  await host?.close();
  await stage.orders.stop();
  await stage.payments.stop();
  if (process.argv.includes('--clean')) rmSync(stage.workspace, { recursive: true, force: true });
}
