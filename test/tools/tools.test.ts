import { expect, test } from 'vitest';
import { TOOL_GROUPS, TOOLS } from '../../src/tools/index.ts';
import { describeInput } from '../../src/tools/session/arguments.ts';

/**
 * What a host puts before its model for each conversation; hosts are promised 6,000. Four characters a token is more
 * than a tokenizer counts here (o200k: 4.3).
 */
const TOKEN_BUDGET = 5_600;
const CHARACTERS_PER_TOKEN = 4;

test.each(TOOLS.map((tool) => [tool.name, tool] as const))(
  'the schema of %s is the committed one',
  async (name, tool) => {
    const definition = {
      name,
      title: tool.title,
      description: tool.description,
      nature: tool.nature,
      inputSchema: describeInput(tool.input),
    };
    await expect(`${JSON.stringify(definition, null, 2)}\n`).toMatchFileSnapshot(
      `../golden/tools/${name}.json`,
    );
  },
);

test('all definitions together fit the budget of a conversation', () => {
  const characters = TOOLS.map(
    (tool) =>
      JSON.stringify({
        name: tool.name,
        title: tool.title,
        description: tool.description,
        inputSchema: describeInput(tool.input),
      }).length,
  );
  expect(characters.reduce((sum, each) => sum + each, 0) / CHARACTERS_PER_TOKEN).toBeLessThan(TOKEN_BUDGET);
});

test.each(TOOLS.map((tool) => [tool.name, tool] as const))(
  '%s has a name, arguments and a description that every host takes',
  (name, tool) => {
    expect(name).toMatch(/^[a-z][a-z0-9_]{0,39}$/);
    expect(tool.description.length).toBeLessThanOrEqual(2_048);
    const schema = JSON.stringify(describeInput(tool.input));
    expect(schema).not.toMatch(/"(anyOf|oneOf|allOf)"/);
    expect(schema).not.toContain('9007199254740991');
    expect(schema).not.toMatch(/"type":\[/);
  },
);

test('every description says when the tool is used or what comes next', () => {
  const names = TOOLS.map(({ name }) => name).join('|');
  const guides = new RegExp(
    `\\bUse it\\b|\\bThen\\b|\\bthen call\\b|\\b(${names})\\b|\\bPoint the application\\b`,
  );
  for (const { name, description } of TOOLS) expect(description, name).toMatch(guides);
});

test('no more than fifteen tools are served by default, in groups that all have a use', () => {
  expect(TOOLS.length).toBeLessThanOrEqual(15);
  expect(new Set(TOOLS.map(({ name }) => name)).size).toBe(TOOLS.length);
  for (const tools of Object.values(TOOL_GROUPS)) expect(tools.length).toBeGreaterThan(0);
});

test('a tool that only reads is not called destructive', () => {
  for (const { name, nature } of TOOLS) expect(nature.readOnly && nature.destructive, name).toBe(false);
});
