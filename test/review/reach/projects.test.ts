import { expect, test } from 'vitest';
import { createProjectBounds } from '../../../src/review/reach/projects.ts';

const pack = (name: string, uses = '') => `{ "name": "${name}", "dependencies": { ${uses} } }`;

test('code calls by name within its project, and into those that its manifest names', () => {
  const mayCall = createProjectBounds(
    new Map([
      ['package.json', '{ "private": true }'],
      ['packages/server/package.json', pack('@shop/server', '"@shop/shared": "workspace:^"')],
      ['packages/shared/package.json', pack('@shop/shared')],
      ['packages/pages/package.json', pack('@shop/pages')],
    ]),
  );
  expect(mayCall('packages/server/src/a.ts', 'packages/server/lib/b.ts')).toBe(true);
  expect(mayCall('packages/server/src/a.ts', 'packages/shared/b.ts')).toBe(true);
  expect(mayCall('packages/server/src/a.ts', 'packages/pages/b.ts')).toBe(false);
  expect(mayCall('packages/shared/a.ts', 'packages/server/src/b.ts')).toBe(false);
  expect(mayCall('tools/a.ts', 'packages/pages/b.ts')).toBe(false);
  expect(mayCall('packages/pages/a.ts', 'tools/b.ts')).toBe(true);
});

test('modules of Go and projects of Python are told apart too', () => {
  const mayCall = createProjectBounds(
    new Map([
      ['api/go.mod', 'module example.com/shop/api\n\nrequire example.com/shop/kit v0.1.0\n'],
      ['kit/go.mod', 'module example.com/shop/kit\n'],
      ['agent/go.mod', 'module example.com/shop/agent\n'],
      ['server/pyproject.toml', '[project]\nname = "shop-server"\ndependencies = ["shop-core"]\n'],
      ['core/pyproject.toml', '[project]\nname = "shop-core"\n'],
      ['mcp/pyproject.toml', "[tool.poetry]\nname = 'shop-mcp'\n"],
    ]),
  );
  expect(mayCall('api/a.go', 'kit/b.go')).toBe(true);
  expect(mayCall('api/a.go', 'agent/b.go')).toBe(false);
  expect(mayCall('server/a.py', 'core/b.py')).toBe(true);
  expect(mayCall('server/a.py', 'mcp/b.py')).toBe(false);
});

test('where a project has no name, or there is no manifest, nothing is known against a call', () => {
  const unnamed = createProjectBounds(
    new Map([
      ['a/package.json', '{}'],
      ['b/package.json', '{}'],
    ]),
  );
  expect(unnamed('a/x.js', 'b/y.js')).toBe(true);
  expect(createProjectBounds(new Map())('a/x.js', 'b/y.js')).toBe(true);
});
