import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { indexFolder } from './helpers/index-fixture.ts';

const PARTS = Array.from({ length: 24 }, (_, index) => `part${index}`);

test('a variable that holds many routers one after the other gives each route once', async () => {
  const root = await makeTempFolder();
  await mkdir(join(root, 'src'));
  await writeFile(join(root, 'Cargo.toml'), '[package]\nname = "shop"\nversion = "0.1.0"\n');
  const parts = PARTS.map(
    (name) => `fn ${name}() -> Router {\n    Router::new().route("/${name}", get(show))\n}\n`,
  );
  const merges = PARTS.map(
    (name) => `    router = router.nest("/api", Router::new().merge(router).merge(${name}()));`,
  );
  await writeFile(
    join(root, 'src/main.rs'),
    `use axum::{routing::get, Router};\n\n${parts.join('\n')}
fn app() -> Router {
    let mut router = Router::new();
${merges.join('\n')}
    router
}

async fn show() {}
`,
  );
  const index = await indexFolder(root);
  const served = new Set(index.routes.map(({ path }) => path.slice(path.lastIndexOf('/'))));
  index.close();
  expect([...served].sort()).toEqual(PARTS.map((name) => `/${name}`).sort());
});
