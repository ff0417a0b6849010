import { expect, test } from 'vitest';
import { textOf } from '../../src/rag/expressions.ts';
import { readFacts } from '../../src/rag/read-facts.ts';
import { expressionsOf, symbolsOf } from './helpers/facts-of.ts';
import { fixture, indexFolder } from './helpers/index-fixture.ts';

test('Rust methods belong to the type of their impl, also inside a module', async () => {
  const text =
    'struct Order { id: u32 }\nimpl Order {\n  fn total(&self) -> u32 { tax(self.id) }\n}\ntrait Priced { fn price(&self); }\nfn tax(x: u32) -> u32 { x }\nmod inner { impl<T> super::Box<T> { fn open() {} } }\n';
  expect(await symbolsOf('rust', text)).toEqual([
    'class Order 1-1',
    'method Order.total 3-3',
    'interface Priced 5-5',
    'method Priced.price 5-5',
    'function tax 6-6',
    'module inner 7-7',
    'method inner.Box.open 7-7',
  ]);
  expect(await expressionsOf('rust', text)).toEqual(['tax']);
});

test('attributes belong to their function with its lines, doc comments do not', async () => {
  const text = '/// Lists.\n#[get("/x", rank = 2)]\n#[instrument]\nasync fn list() {}\n';
  const { symbols } = await readFacts('rust', text);
  expect(symbols.map(({ startLine, endLine }) => [startLine, endLine])).toEqual([[2, 4]]);
  expect(symbols[0]?.decorators.map(textOf)).toEqual(['get("/x", rank=2)', 'instrument']);
});

test('a use tree names each import once, under its alias', async () => {
  const { imports } = await readFacts(
    'rust',
    'use a::{self, b::{C, d as e}, f::*};\nuse super::g;\nuse self::h::I as _;\n',
  );
  expect(imports.map(({ local, module, name }) => `${local} = ${module} ${name}`)).toEqual([
    'C = a::b C',
    'e = a::b d',
    '* = a::f *',
    'g = super g',
  ]);
});

test('calls inside macros, blocks, matches and closures are found', async () => {
  const text =
    'fn f() { tokio::try_join!(a(x.b()), c::d())?; let y = if e() { g() } else { h() }; match y { 1 => i(), _ => { j(); k() } } }';
  expect(await expressionsOf('rust', text)).toEqual(
    ['a', 'c.d', 'e', 'g', 'h', 'i', 'j', 'k', 'tokio.try_join!', 'x.b'].sort(),
  );
});

test('a call through a trait object in the state leads to the type of another crate', async () => {
  const index = await indexFolder(fixture('axum'));
  const [route] = index.routes.filter((one) => one.handlerName === 'show');
  const names = index
    .findCallees(route!.handler, 2)
    .map(({ name, parent, file }) => `${file} ${parent === '' ? name : `${parent}.${name}`}`);
  index.close();
  expect(names).toEqual([
    'store/src/lib.rs PgOrders.find',
    'store/src/lib.rs Orders.find',
    'api/src/orders/handlers.rs render',
    'store/src/lib.rs load_order',
  ]);
});

test('the id of utoipa counts, and a function that is not mounted answers nothing', async () => {
  const index = await indexFolder(fixture('axum'));
  const [match] = index.findHandlers({ method: null, path: null, operationId: 'orderItems' });
  index.close();
  expect(match?.route.handlerName).toBe('list_items');
});

test('a client in the state is shown where it is built, with its limits and the locked version', async () => {
  const index = await indexFolder(fixture('axum'));
  const [create] = index.routes.filter((one) => one.handlerName === 'create');
  const uses = [...index.listClients(create!.handler), ...index.listClients(null)];
  index.close();
  const shown = uses.map(({ file, startLine, endLine, library, version, timeout }) => {
    return `${file}:${startLine}-${endLine} ${library} ${version} ${timeout}`;
  });
  const http = 'api/src/state.rs:14-16 reqwest 0.12.22 timeout(Duration.from_secs(2))';
  expect(shown).toEqual([
    http,
    http,
    'store/src/lib.rs:19-22 sqlx 0.8.6 max_connections(5), acquire_timeout(Duration.from_secs(3))',
  ]);
});
