// Reads a document of its own making and makes scenarios of it, once; prints times in ms, sizes in MB. One process for
// each measurement, so that its peak memory is its own.
import { writeScenarios } from '../src/scenario/file/write.ts';
import { generateScenarios } from '../src/scenario/generate/generate.ts';
import { readOpenApi } from '../src/scenario/openapi/read.ts';
import { writeYaml } from '../src/yaml.ts';

const MB = 1_000_000;
const MIB_IN_KIB = 1_024;

const [operations = '1000', format = 'json', megabytes = '0'] = process.argv.slice(2);
const text = makeDocument(Number(operations), format, Number(megabytes));
const before = performance.now();
const document = await readOpenApi(text, 'http://127.0.0.1:8000/openapi.json');
const read = performance.now();
const { scenarios } = generateScenarios(document, {
  baseUrl: null,
  operations: [],
  tags: [],
  methods: [],
  paths: [],
  shapes: [],
  templates: [],
  headers: {},
  auth: [],
  pathValues: {},
  seed: 1,
  includeDelete: false,
  dependencies: {},
});
const generated = performance.now();
const yaml = writeScenarios(scenarios);
const written = performance.now();
console.log(
  JSON.stringify({
    documentMb: text.length / MB,
    scenarios: scenarios.length,
    readMs: read - before,
    generateMs: generated - read,
    writeMs: written - generated,
    totalMs: written - before,
    outputMb: yaml.length / MB,
    peakMib: process.resourceUsage().maxRSS / MIB_IN_KIB,
  }),
);

/** Half of the operations create, half read by id; each has a schema of its own that refers to others in a circle. */
function makeDocument(count: number, written: string, mb: number): string {
  // Every second operation brings a schema.
  const padding = Math.ceil((2 * mb * MB) / count);
  const numbers = Array.from({ length: Math.ceil(count / 2) }, (_, index) => index);
  const schema = (index: number) => ({
    type: 'object',
    description: 'x'.repeat(padding),
    required: ['name', 'state'],
    properties: {
      id: { type: 'integer', readOnly: true },
      name: { type: 'string', minLength: 3 },
      state: { enum: ['open', 'closed'] },
      lines: { type: 'array', items: { $ref: `#/components/schemas/Thing${(index + 1) % numbers.length}` } },
    },
  });
  const refTo = (index: number) => ({
    'application/json': { schema: { $ref: `#/components/schemas/Thing${index}` } },
  });
  const path = { name: 'id', in: 'path', required: true, schema: { type: 'integer' } };
  const made = {
    openapi: '3.1.0',
    info: { title: 'Large', version: '1' },
    paths: Object.fromEntries(
      numbers.flatMap((index) => [
        [
          `/things${index}`,
          {
            post: {
              operationId: `make${index}`,
              requestBody: { required: true, content: refTo(index) },
              responses: { 201: { description: 'made', content: refTo(index) } },
            },
          },
        ],
        [
          `/things${index}/{id}`,
          {
            get: {
              operationId: `read${index}`,
              parameters: [path],
              responses: { 200: { description: 'ok', content: refTo(index) } },
            },
          },
        ],
      ]),
    ),
    components: {
      schemas: Object.fromEntries(numbers.map((index) => [`Thing${index}`, schema(index)])),
    },
  };
  return written === 'yaml' ? writeYaml(made) : JSON.stringify(made);
}
