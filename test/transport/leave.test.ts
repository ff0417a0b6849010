import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { repository } from '../helpers/mcp-client.ts';

/** A process whose steps print a letter each; it tells when it is ready, and lives until it is stopped. */
function startLeaver(steps: string) {
  const code = `
    import { leaveBySteps } from './src/transport/leave.ts';
    const say = (letter) => async () => void process.stdout.write(letter);
    leaveBySteps([${steps}]);
    setInterval(() => undefined, 1_000);
    process.stdout.write('>');
  `;
  const child = spawn(process.execPath, ['--import', 'tsx/esm', '--input-type=module', '-e', code], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

test.each([
  ['after all steps in their order', "say('a'), say('b')", 'ab'],
  ['after a step that fails', "() => Promise.reject(new Error('no')), say('b')", 'b'],
  ['after three seconds of a step that hangs', "say('a'), () => new Promise(() => undefined), say('c')", 'a'],
])(
  'a signal ends the process with status 0 %s, and a second one changes nothing',
  async (_case, steps, said) => {
    const child = startLeaver(steps);
    const [ready] = await once(child.stdout, 'data');
    expect(String(ready)).toBe('>');
    let text = '';
    child.stdout.on('data', (part: Buffer) => {
      text += part.toString();
    });
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    child.kill('SIGINT');
    expect(await closed).toEqual([0, null]);
    expect(text).toBe(said);
  },
);
