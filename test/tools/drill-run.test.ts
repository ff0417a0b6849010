import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { readSurroundings } from '../../src/config.ts';
import { openLog } from '../../src/log.ts';
import drillRun from '../../src/tools/drill-run.ts';
import { openSession, type Session } from '../../src/tools/session/session.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const sessions: Session[] = [];
afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()));
});

async function run(yaml: string, args: Record<string, unknown>) {
  const workspace = await makeTempFolder();
  await writeFile(join(workspace, 'breakwater.yaml'), yaml);
  const surroundings = { ...readSurroundings({ workspace }), stateHome: await makeTempFolder() };
  const session = openSession(surroundings, openLog('silent'));
  sessions.push(session);
  const { signal } = new AbortController();
  const context = { session, signal, onProgress: () => undefined, granted: new Set<string>() };
  return drillRun.run(drillRun.input.parse(args), context);
}

const APP = `
app: { command: [node, server.js], ready: "http://127.0.0.1:{port}/health" }
dependencies: { db: "psql://127.0.0.1:5432" }
`;
const DRILLS = 'drills: { health: /health, phases: [10s, 20s, 60s], users: 30 }\n';

test('a dry run tells what would be broken and starts nothing, even unapproved', async () => {
  const answer = await run(APP + DRILLS, { dry_run: true, drills: ['database_down', 'network_latency'] });
  expect(answer).toMatchObject({
    text: expect.stringContaining('2 drills would run, in 3m at most. Nothing was started.'),
    facts: { longest_ms: 180_000 },
    verdict: null,
  });
  expect(answer).toMatchObject({
    text: expect.stringContaining('- database_down on db, 30 requests/s, 10s + 20s + at most 1m'),
  });
});

test.each([
  [
    'drills: { health: /health }\n',
    'CONFIG_INVALID',
    'To run drills, Breakwater must know how your service starts',
  ],
  [APP + DRILLS, 'NOT_TRUSTED', 'have not been approved'],
  [APP, 'CONFIG_INVALID', 'Nothing says what the users of a drill call'],
  [
    `${APP}${DRILLS}limits: { clients: 10 }\n`,
    'LIMIT_EXCEEDED',
    'The drill database_down asks for 30 users; the limit is 10.',
  ],
  [`${APP}${DRILLS}limits: { duration: 30s }\n`, 'LIMIT_EXCEEDED', 'asks for up to 90 s; the limit is 30 s'],
])('%s ends with %s', async (yaml, code, message) => {
  await expect(run(yaml, { drills: ['database_down'] })).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
  });
});

test('what the users call is taken from what is read back, else from the health endpoint', async () => {
  await expect(run(APP + DRILLS, { dry_run: true })).resolves.toMatchObject({ verdict: null });
  const read =
    'drills: { write: { method: POST, url: /x, capture: { id: /id } }, read: { url: "/x/{id}" } }\n';
  await expect(run(APP + read, { dry_run: true })).resolves.toMatchObject({ verdict: null });
});
