/** Embeds a folder in a process of its own, so that a test can kill it: `embed-child.ts ROOT STATE URL`. */
import { systemClock } from '../../../src/clock.ts';
import { indexWorkspace } from '../../../src/rag/index-workspace.ts';
import { Meaning } from '../../../src/rag/meaning/meaning.ts';
import { createRandom } from '../../../src/random.ts';

const [root = '', stateFolder = '', baseUrl = ''] = process.argv.slice(2);
const { signal } = new AbortController();
const index = await indexWorkspace(root, {
  stateFolder,
  clock: systemClock,
  signal,
  onProgress: () => undefined,
});
const meaning = new Meaning(root, stateFolder, {
  embeddings: { baseUrl, model: 'small', key: null },
  qdrant: null,
});
await meaning.embed(index.reader, {
  clock: systemClock,
  random: createRandom(1),
  signal,
  onProgress: (done, total) => console.log(`embedded ${done} of ${total}`),
});
console.log('whole');
setInterval(() => {}, 1000);
