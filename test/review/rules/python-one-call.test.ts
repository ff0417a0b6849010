import { expect, test } from 'vitest';
import rule from '../../../src/review/rules/python-cancellation-swallowed.ts';
import { hitsIn } from './rule-testing.ts';

async function isOfOneCall(text: string): Promise<boolean | undefined> {
  const [hit] = await hitsIn([rule], text, 'python');
  return hit?.match.ofOneCall;
}

test('who catches its cancellation to answer and end is felt only by who waits for the answer', async () => {
  const text = `async def run(self):
    try:
        return await self.work()
    except BaseException as error:
        return answer(error)
`;
  expect(await isOfOneCall(text)).toBe(true);
});

test('who catches its cancellation in a loop and goes on is felt by whoever stops it', async () => {
  const text = `async def run(self):
    while self.open:
        try:
            await self.work()
        except BaseException:
            log()
`;
  expect(await isOfOneCall(text)).toBe(false);
});

test('who catches its cancellation and waits for something else is felt by whoever stops it', async () => {
  const text = `async def run(self):
    try:
        await self.work()
    except BaseException:
        log()
    await self.more()
`;
  expect(await isOfOneCall(text)).toBe(false);
});
