/** Indexes a folder in a process of its own, so that a test can kill it: `index-child.ts ROOT STATE`. */
import { systemClock } from '../../../src/clock.ts';
import { indexWorkspace } from '../../../src/rag/index-workspace.ts';

const [root = '', stateFolder = ''] = process.argv.slice(2);
const index = await indexWorkspace(root, {
  stateFolder,
  clock: systemClock,
  signal: new AbortController().signal,
  onProgress: (done) => console.log(`read ${done}`),
});
console.log('whole');
index.search('zebra', { limit: 1 });
setInterval(() => {}, 1000);
