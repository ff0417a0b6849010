import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { loadConfig, readSurroundings } from '../../src/config.ts';
import { openLog } from '../../src/log.ts';
import { TOOLS } from '../../src/tools/index.ts';
import { isQuestion } from '../../src/tools/session/answer.ts';
import { openSession } from '../../src/tools/session/session.ts';
import { trust } from '../../src/trust.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

/** A session in a new workspace, and its tools by name; it ends with the test. */
export async function openTools(config = '') {
  const workspace = await makeTempFolder();
  const stateHome = await makeTempFolder();
  if (config !== '') await writeFile(join(workspace, 'breakwater.yaml'), config);
  const session = openSession({ ...readSurroundings({ workspace }), stateHome }, openLog('silent'));
  onTestFinished(() => session.close());
  const granted = new Set<string>();
  const deps = { session, signal: new AbortController().signal, onProgress: () => undefined, granted };
  return {
    workspace,
    session,
    async trust() {
      const { file } = await loadConfig(session.surroundings);
      if (file !== null) await trust(stateHome, file, new Date());
    },
    /** The text of the answer; the user says yes to every question. */
    async call(name: string, args: object = {}): Promise<string> {
      const tool = TOOLS.find((one) => one.name === name);
      if (tool === undefined) throw new Error(`there is no tool ${name}`);
      const first = await tool.run(tool.input.parse(args), deps);
      if (!isQuestion(first)) return first.text;
      granted.add(first.question.id);
      const second = await tool.run(tool.input.parse(args), deps);
      return isQuestion(second) ? (second.otherwise ?? '') : second.text;
    },
  };
}
