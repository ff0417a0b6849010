import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { listHealthPrograms, listMountedFolders } from '../../src/review/image-recipes.ts';
import { reviewFiles } from '../../src/review/review-code-files.ts';
import { pickRules } from '../../src/review/run-rules.ts';
import { memoryIndex } from './memory-index.ts';

test.each([
  [
    'proxy/Dockerfile',
    'FROM golang\nRUN go install github.com/air-verse/air@latest\nCMD ["air"]\n',
    ['proxy/'],
  ],
  ['web/dev.Dockerfile', 'FROM node\nWORKDIR /app\nCMD npm run dev\n', ['web/']],
  ['api/Dockerfile', 'FROM python\nENTRYPOINT ["uvicorn", "api:app", "--reload"]\n', ['api/']],
  ['proxy/Dockerfile', 'FROM golang\nCOPY . .\nCMD ["air"]\n', []],
  ['proxy/Dockerfile', 'FROM golang\nADD src /src\nCMD ["air"]\n', []],
  ['proxy/Dockerfile', 'FROM golang\nRUN git clone https://example.com/a\nCMD ["air"]\n', []],
  ['proxy/Dockerfile', 'FROM nginx\nCMD ["nginx"]\n', []],
  ['Dockerfile', 'FROM golang\nCMD ["air"]\n', []],
])('%s that says %j makes an image for developers of %j', (file, text, folders) => {
  expect(listMountedFolders(new Map([[file, text]]))).toEqual(folders);
});

test('a second image with the code in it makes the folder one of the service', () => {
  const manifests = new Map([
    ['api/Dockerfile.dev', 'FROM node\nCMD npm run dev\n'],
    ['api/Dockerfile', 'FROM node\nCOPY . .\nCMD node server.js\n'],
  ]);
  expect(listMountedFolders(manifests)).toEqual([]);
});

test.each([
  [
    'HEALTHCHECK --timeout=5s CMD [ "/srv/app/src/look.js" ]\nCMD ["node", "src/server.js"]\n',
    ['src/look.js'],
  ],
  ['HEALTHCHECK --timeout=5s \\\n  CMD node dist/look.js\n', ['src/look.js']],
  ['HEALTHCHECK CMD python look.py\n', ['look.py']],
  ['HEALTHCHECK CMD node src/look.js\nCMD ["node", "src/look.js"]\n', []],
  ['HEALTHCHECK CMD node /srv/index.js\n', []],
  ['HEALTHCHECK CMD curl -f http://localhost/look.js.map\n', []],
  ['CMD ["node", "src/look.js"]\n', []],
])('of an image that says %j the programs that look for health are %j', (text, programs) => {
  const files = ['src/look.js', 'src/server.js', 'index.js', 'look.py'];
  expect([...listHealthPrograms(new Map([['Dockerfile', text]]), files)]).toEqual(programs);
});

test('reviews neither a program that looks for health nor what runs for developers alone', async () => {
  const files = {
    Dockerfile: 'FROM node\nCOPY . .\nHEALTHCHECK CMD node look.js\nCMD node src/server.js\n',
    'stand-in/Dockerfile': 'FROM node\nCMD ["nodemon", "server.js"]\n',
    'stand-in/server.js': 'await fetch(url);\n',
    'look.js': 'await fetch(url);\n',
    'src/server.js': 'await fetch(url);\n',
  };
  const deps = { clock: systemClock, signal: new AbortController().signal };
  const rules = pickRules(['js-fetch-without-timeout']);
  const { hits } = await reviewFiles(memoryIndex(files), rules, deps);
  expect(hits.map(({ file }) => file)).toEqual(['src/server.js']);
});
