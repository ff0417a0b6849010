import { expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { reviewFiles } from '../../src/review/review-code-files.ts';
import selfInvocation from '../../src/review/rules/java-self-invocation-past-proxy.ts';
import rule from '../../src/review/rules/java-transaction-without-rollback-for.ts';
import { listCaptures, listWordsAfter } from '../../src/review/search-texts.ts';
import { memoryIndex } from './memory-index.ts';

const SERVICE = `import org.springframework.transaction.annotation.Transactional;
class Orders { @Transactional public void save() throws CardException { insert(); } }
`;

async function countHits(files: Readonly<Record<string, string>>): Promise<number> {
  const deps = { clock: systemClock, signal: new AbortController().signal };
  return (await reviewFiles(memoryIndex({ 'src/Orders.java': SERVICE, ...files }), [rule], deps)).hits.length;
}

test('a checked exception is known by its parents in other files', async () => {
  const files = {
    'src/CardException.java': 'class CardException extends PaymentException { }',
    'src/PaymentException.java': 'class PaymentException extends IOException { }',
  };
  expect(await countHits(files)).toBe(1);
});

test('an exception whose parents lead to an unchecked one is left alone', async () => {
  const files = {
    'src/CardException.java': 'class CardException extends PaymentException { }',
    'src/PaymentException.java': 'class PaymentException extends RuntimeException { }',
  };
  expect(await countHits(files)).toBe(0);
});

test('an exception whose class is not in the project, or leads in a circle, is left alone', async () => {
  expect(await countHits({})).toBe(0);
  expect(await countHits({ 'src/CardException.java': 'class CardException extends CardException { }' })).toBe(
    0,
  );
});

test('classes in files of another language are no parents', async () => {
  const files = { 'src/card.ts': 'class CardException extends Exception {}' };
  expect(await countHits(files)).toBe(0);
});

test('the words after a text are read at each of its places, with the dots within', () => {
  const text = 'class A extends b.C { } class A extends D<E> { } class A extends';
  expect(listWordsAfter(text, 'class A extends ')).toEqual(['b.C', 'D']);
});

test('the captures of a pattern are read at each of its places', () => {
  expect(listCaptures('@Async void a() { } void b() { } @Async void c() { }', /@Async void (\w+)/g)).toEqual([
    'a',
    'c',
  ]);
});

const MAILS = `import org.springframework.scheduling.annotation.Async;
class Mails { @Async public void send(long id) { deliver(id); } }
`;

test.each([
  ['a thread of its own', 'src/Mails.java', 0],
  ['the thread of its caller', 'src/mails.md', 1],
])(
  'a call past the proxy counts when what it calls in another file runs on %s',
  async (_what, file, hits) => {
    const caller =
      'import org.springframework.scheduling.annotation.Async;\nclass A { public void f() { g(); } @Async public void g() { mails.send(1); } }';
    const deps = { clock: systemClock, signal: new AbortController().signal };
    const index = memoryIndex({ 'src/A.java': caller, [file]: MAILS });
    expect((await reviewFiles(index, [selfInvocation], deps)).hits).toHaveLength(hits);
  },
);

const BEAN = `import org.springframework.transaction.annotation.Transactional;
class Orders { public void place() { save(); } @Transactional public void save() { insertOrder(); saveLines(); } }
`;

test.each([
  ['begins a transaction itself', '@Transactional void run() { orders.place(); }', 0],
  ['begins none', 'void run() { orders.place(); }', 1],
])('a call past the proxy counts when the class that calls the caller %s', async (_what, method, hits) => {
  const files = { 'src/Orders.java': BEAN, 'src/Shop.java': `class Shop { ${method} }` };
  const deps = { clock: systemClock, signal: new AbortController().signal };
  expect((await reviewFiles(memoryIndex(files), [selfInvocation], deps)).hits).toHaveLength(hits);
});
