import { expect, test } from 'vitest';
import gracefulStop from '../../../src/review/rules/js-server-without-graceful-stop.ts';
import { hitsIn } from './rule-testing.ts';

const HTTP = "import http from 'node:http';\nconst server = http.createServer(f);\n";

test('a server that listens in one of two branches is told once, two servers are told twice', async () => {
  const countIn = async (code: string) => (await hitsIn([gracefulStop], HTTP + code, 'javascript')).length;
  expect(await countIn('if (host) { server.listen(port, host); } else { server.listen(port); }')).toBe(1);
  expect(await countIn('const app = express();\nserver.listen(port);\napp.listen(other);')).toBe(2);
});
