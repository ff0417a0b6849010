import { expect, test } from 'vitest';
import { greetPerson } from '../../src/cli/serve.ts';

test('a person who starts the server in a terminal is told what it waits for, a host is told nothing', () => {
  const said: string[] = [];
  const stderr = { write: (text: string) => said.push(text) };
  greetPerson({}, stderr);
  expect(said).toEqual([]);
  greetPerson({ isTTY: true }, stderr);
  expect(said.join('')).toMatch(/speaks MCP on stdin and stdout.*Ctrl-C ends.*--http.*--help/s);
});
