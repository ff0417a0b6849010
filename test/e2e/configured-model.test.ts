import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTarget } from '../helpers/http-target.ts';
import { startHost } from '../helpers/mcp-client.ts';
import { makeTempFolder } from '../helpers/temp-folder.ts';

const CODE = `import express from 'express';
express().get('/load/:id', async (request, response) => response.json(await load(request.params.id)));
export async function load(id) {
  const response = await fetch('http://payments/' + id, { headers: { authorization: 'Bearer sk-live-0123456789abcdef0123456789' } });
  return response.json();
}
`;

async function makeWorkspace(baseUrl: string): Promise<string> {
  const workspace = await makeTempFolder();
  await mkdir(join(workspace, 'src'));
  await writeFile(join(workspace, 'src/load.js'), CODE);
  await writeFile(join(workspace, 'breakwater.yaml'), `model: { base_url: "${baseUrl}", model: small }\n`);
  return workspace;
}

test('the configured model writes its part, from a brief without secrets, and the report says by whom', async () => {
  const asked: string[] = [];
  const { url } = await startTarget((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      asked.push(text);
      const id = /fnd_[0-9a-f]+/.exec(text)?.[0] ?? '';
      const claims = [
        { text: 'The call to payments never gives up.', cites: [id] },
        { text: 'Everything is fine.', cites: [] },
      ];
      const content = JSON.stringify({ sections: [{ heading: 'Root causes', claims }] });
      const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }];
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ id: 'c', choices }));
    });
  });
  const workspace = await makeWorkspace(`${url}/v1`);
  const { call } = await startHost({ workspace });
  const answer = await call('review_code', { model: 'configured', output: 'report.md' });
  expect(answer.isError).toBe(false);
  expect(answer.text).toContain('was sent to 127.0.0.1');
  const report = await readFile(join(workspace, 'report.md'), 'utf8');
  expect(report).toContain('The call to payments never gives up.');
  expect(report).not.toContain('Everything is fine.');
  expect(report).toContain('1 claim without a citation');
  expect(asked).toHaveLength(1);
  expect(asked[0]).toContain('load');
  expect(asked[0]).not.toContain('0123456789abcdef');
});

test('a model that is not there leaves the whole report, and says so', async () => {
  const workspace = await makeWorkspace('http://127.0.0.1:9/v1');
  const { call } = await startHost({ workspace });
  const answer = await call('review_code', { model: 'configured', output: 'report.md' });
  expect(answer.isError).toBe(false);
  expect(answer.text).toContain('The report is without it.');
  expect(await readFile(join(workspace, 'report.md'), 'utf8')).toContain('## Root-Cause Hypotheses');
});

test('nothing is sent to another host before the user has approved the file', async () => {
  const workspace = await makeWorkspace('http://192.0.2.1/v1');
  const { call } = await startHost({ workspace });
  const answer = await call('review_code', { model: 'configured' });
  expect(answer.isError).toBe(true);
  expect(answer.text).toContain('breakwater trust');
});

test('no file of a review holds a secret of the code, and its fixes still fit', async () => {
  const workspace = await makeWorkspace('http://127.0.0.1:9/v1');
  const { call } = await startHost({ workspace });
  for (const format of ['json', 'sarif', 'markdown']) {
    await call('review_code', { model: 'none', format, output: format });
    expect(await readFile(join(workspace, format), 'utf8')).not.toContain('0123456789abcdef');
  }
  const id = /fnd_[0-9a-f]+/.exec(await readFile(join(workspace, 'json'), 'utf8'))?.[0];
  const kept = await readFile(join(workspace, '.breakwater/reviews/latest'), 'utf8');
  const findings = join(workspace, '.breakwater/reviews', kept, 'findings.json');
  expect(await readFile(findings, 'utf8')).not.toContain('0123456789abcdef');
  expect((await call('patch_propose', { finding_ids: [id] })).isError).toBe(false);
});
