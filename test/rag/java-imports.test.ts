import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeTempFolder } from '../helpers/temp-folder.ts';
import { indexFolder } from './helpers/index-fixture.ts';

const api = (name: string) => `package shop.api;
import ${name};
import org.springframework.web.bind.annotation.*;
@RestController
public class OrderApi {
  private Orders orders;
  @GetMapping("/orders")
  public String list(String query) { return orders.find(query); }
}
`;

const orders = (name: string) => `package ${name};
public class Orders { public String find(String query) { return query; } }
`;

test('the class of an import is that of its package, not another of the same name', async () => {
  const called = await calledBy({
    'src/shop/api/OrderApi.java': api('shop.service.Orders'),
    'src/shop/service/Orders.java': orders('shop.service'),
    'src/shop/old/Orders.java': orders('shop.old'),
  });
  expect(called).toEqual(['src/shop/service/Orders.java find']);
});

test('a class that a library gives is none of the workspace', async () => {
  const called = await calledBy({
    'src/shop/api/OrderApi.java': api('com.example.Orders'),
    'src/shop/old/Orders.java': orders('shop.old'),
  });
  expect(called).toEqual([]);
});

async function calledBy(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const root = await makeTempFolder();
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  }
  const index = await indexFolder(root);
  onTestFinished(() => index.close());
  const [route] = index.routes;
  if (route === undefined) throw new Error('the route of the sample was not found');
  return index.findCallees(route.handler, 1).map((symbol) => `${symbol.file} ${symbol.name}`);
}
