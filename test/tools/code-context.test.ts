import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openTools } from '../doors/tool-session.ts';

test('what has no room within the budget is named with its place', async () => {
  const { workspace, call } = await openTools();
  const body = '    order.touch("a line that takes some room in the answer")\n'.repeat(30);
  const text = `def handle(order):\n    pay(order)\n\ndef pay(order):\n    ship(order)\n${body}\ndef ship(order):\n${body}`;
  await writeFile(join(workspace, 'app.py'), text);
  const tight = await call('code_context', { symbol: 'handle', budget_tokens: 200 });
  expect(tight).toContain('outline: app.py:4-6 pay');
  const asked = { symbol: 'handle', budget_tokens: 200, depth: 4 };
  await writeFile(
    join(workspace, 'app.py'),
    text.replaceAll('touch', 'touch_again_with_a_name_of_its_own_that_is_very_long'.repeat(6)),
  );
  expect(await call('code_context', asked)).toMatch(/^Called too, beyond budget_tokens: app\.py:\d+ \w+/m);
  expect(await call('code_context', { ...asked, budget_tokens: 7000 })).not.toContain('Called too');
});
