import {
  type CallToolResult,
  fromJsonSchema,
  type McpServer,
  ResourceTemplate,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

type Content = CallToolResult['content'][number];

/** One pixel. */
export const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
/** The head of a sound without samples. */
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';
const image = { type: 'image' as const, data: PNG, mimeType: 'image/png' };

/** A schema whose keywords have to arrive as they are (SEP-1613, SEP-2106). */
const RICH = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
} as const;

const withHeader = z.object({ region: z.string().meta({ 'x-mcp-header': 'Region' }) });

/** Tools and resources that answer with content of each kind. */
export function registerContent(server: McpServer): void {
  const text = (words: string) => ({ type: 'text' as const, text: words });
  const answer = (name: string, ...content: Content[]) =>
    server.registerTool(name, { description: name }, () => toResult(...content));
  const embedded = (uri: string, mimeType: string, words: string) => ({
    type: 'resource' as const,
    resource: { uri, mimeType, text: words },
  });
  answer('test_simple_text', text('This is a simple text response for testing.'));
  answer('test_image_content', image);
  answer('test_audio_content', { type: 'audio', data: WAV, mimeType: 'audio/wav' });
  answer(
    'test_embedded_resource',
    embedded('test://embedded-resource', 'text/plain', 'This is an embedded resource content.'),
  );
  answer(
    'test_multiple_content_types',
    text('Multiple content types test:'),
    image,
    embedded('test://mixed-content-resource', 'application/json', '{"test":"data","value":123}'),
  );
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Tool with JSON Schema 2020-12 features', inputSchema: fromJsonSchema(RICH) },
    () => toResult(text('read')),
  );
  server.registerTool(
    'test_x_mcp_header',
    { description: 'Reads a header', inputSchema: withHeader },
    ({ region }) => toResult(text(region)),
  );
  registerResources(server);
}

function registerResources(server: McpServer): void {
  const read = (
    uri: string,
    content: { readonly text: string } | { readonly blob: string },
    mimeType: string,
  ) => ({
    contents: [{ uri, mimeType, ...content }],
  });
  const about = { description: 'For the suite' };
  server.registerResource('text', 'test://static-text', about, ({ href }) =>
    read(href, { text: 'This is the content of the static text resource.' }, 'text/plain'),
  );
  server.registerResource('binary', 'test://static-binary', about, ({ href }) =>
    read(href, { blob: PNG }, 'image/png'),
  );
  const template = new ResourceTemplate('test://template/{id}/data', { list: undefined });
  server.registerResource('template', template, about, ({ href }, { id }) => {
    const text = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${String(id)}` });
    return read(href, { text }, 'application/json');
  });
}

function toResult(...content: Content[]): CallToolResult {
  return { content };
}
