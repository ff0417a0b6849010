import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { indexFolder } from './helpers/index-fixture.ts';

async function calleesOf(symbol: string, files: Readonly<Record<string, string>>): Promise<string[]> {
  const root = await makeTempFolder();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const index = await indexFolder(root);
  const [from] = index.listSymbols({ name: symbol });
  const found = from === undefined ? [] : index.findCallees(from, 1);
  index.close();
  return found.map(({ file, parent, name, startLine }) => `${file}:${startLine} ${parent}.${name}`);
}

test('a call of super, and of base, leads to the class that is extended', async () => {
  const java = {
    'src/Base.java': 'class Base {\n  void remove(long id) {}\n}\n',
    'src/Users.java': 'class Users extends Base {\n  void remove(long id) { super.remove(id); }\n}\n',
  };
  expect(await calleesOf('Users.remove', java)).toEqual(['src/Base.java:2 Base.remove']);
  const csharp = {
    'Base.cs': 'class Base {\n  public virtual void Remove(int id) {}\n}\n',
    'Users.cs': 'class Users : Base {\n  public override void Remove(int id) { base.Remove(id); }\n}\n',
  };
  expect(await calleesOf('Users.Remove', csharp)).toEqual(['Base.cs:2 Base.Remove']);
});

test('of overloads, those count that take so many arguments; without one, all', async () => {
  const text = `class Store {
  Order find(long id) { return null; }
  Order find(long id, boolean locked) { return null; }
  void one() { find(1); }
  void none() { find(1, true, 2); }
}
`;
  expect(await calleesOf('Store.one', { 'Store.java': text })).toEqual(['Store.java:2 Store.find']);
  expect(await calleesOf('Store.none', { 'Store.java': text })).toEqual([
    'Store.java:2 Store.find',
    'Store.java:3 Store.find',
  ]);
});

test('a test double is no dependency where the real thing is there', async () => {
  const files = {
    'go.mod': 'module example.com/shop\n',
    'shop/api.go': `package shop

type Store interface {
	Find(id int) string
}

type API struct{ store Store }

func (a *API) Show(id int) string { return a.store.Find(id) }
`,
    'db/store.go':
      'package db\n\ntype Orders struct{}\n\nfunc (o *Orders) Find(id int) string { return "" }\n',
    'mocks/store.go':
      'package mocks\n\ntype Store struct{}\n\nfunc (s *Store) Find(id int) string { return "" }\n',
  };
  expect(await calleesOf('API.Show', files)).toEqual([
    'db/store.go:5 Orders.Find',
    'shop/api.go:4 Store.Find',
  ]);
});
