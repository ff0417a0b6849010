import { expect, test } from 'vitest';
import { expressionsOf, symbolsOf } from './helpers/facts-of.ts';

test('Rust methods belong to the type of their impl', async () => {
  const text =
    'struct Order { id: u32 }\nimpl Order {\n  fn total(&self) -> u32 { tax(self.id) }\n}\ntrait Priced { fn price(&self); }\nfn tax(x: u32) -> u32 { x }\n';
  expect(await symbolsOf('rust', text)).toEqual([
    'class Order 1-1',
    'method Order.total 3-3',
    'interface Priced 5-5',
    'method Priced.price 5-5',
    'function tax 6-6',
  ]);
  expect(await expressionsOf('rust', text)).toEqual(['tax']);
});
