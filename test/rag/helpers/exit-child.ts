/** Opens an index in a thread and exits without closing it: `exit-child.ts ROOT STATE`. */
import { CodeThread } from '../../../src/rag/code-thread.ts';
import { openCode } from '../../../src/rag/open-code.ts';

const [root = '', state = ''] = process.argv.slice(2);
await openCode(root, state, new CodeThread(), new AbortController().signal, () => undefined);
process.exit(7);
