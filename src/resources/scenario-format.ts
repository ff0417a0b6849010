import { readFile } from 'node:fs/promises';
import { bundledFile } from '../bundle.ts';
import type { ResourceFamily } from './resource.ts';

const URI = 'breakwater://scenario-format';

const family: ResourceFamily = {
  name: 'scenario-format',
  title: 'The scenario format',
  description: 'Every key of a scenario file, every fault with its parameters, and what verdicts mean.',
  uriTemplate: URI,
  mimeTypeOf: () => 'text/markdown',
  list: async () => [{ uri: URI, name: 'scenario-format', title: 'The scenario format' }],
  complete: async () => [],
  read: () => readFile(bundledFile('scenario-format.md'), 'utf8'),
};

export default family;
