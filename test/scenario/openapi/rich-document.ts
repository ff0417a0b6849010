/** A document that uses most of what OpenAPI 3.1 has, for tests that break it. */
export const RICH: object = {
  openapi: '3.1.0',
  info: { title: 'Shop', version: '1' },
  servers: [
    {
      url: 'https://{region}.shop.test:{port}/v1',
      variables: { region: { default: 'eu', enum: ['eu', 'us'] }, port: { default: '8443' } },
    },
    { url: '/v2' },
  ],
  security: [{ token: [] }, { key: [] }],
  tags: [{ name: 'orders' }],
  paths: {
    '/orders': {
      parameters: [{ $ref: '#/components/parameters/Page' }],
      get: {
        operationId: 'list_orders',
        tags: ['orders'],
        parameters: [
          {
            name: 'filter',
            in: 'query',
            style: 'deepObject',
            explode: true,
            schema: { type: 'object', properties: { state: { enum: ['open', 'done'] } } },
            example: { state: 'open' },
          },
          {
            name: 'ids',
            in: 'query',
            style: 'pipeDelimited',
            required: true,
            schema: { type: 'array', items: { type: 'integer' }, minItems: 2, uniqueItems: true },
          },
          {
            name: 'X-Trace',
            in: 'header',
            content: { 'application/json': { schema: { type: 'object' } } },
            required: true,
          },
          { name: 'sid', in: 'cookie', schema: { type: 'string', pattern: '^[a-f]{4}$' }, required: true },
        ],
        responses: {
          200: {
            description: 'ok',
            content: {
              'application/json': {
                schema: { type: 'array', items: { $ref: '#/components/schemas/Order' } },
              },
            },
          },
          '4XX': { description: 'no' },
          default: { $ref: '#/components/responses/Error' },
        },
      },
      post: {
        operationId: 'make_order',
        security: [],
        requestBody: { $ref: '#/components/requestBodies/Order' },
        responses: {
          201: {
            description: 'made',
            headers: { Location: { schema: { type: 'string' } } },
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } },
            links: {
              read: { operationId: 'read_order', parameters: { 'path.order_id': '$response.body#/id' } },
              drop: {
                operationRef: '#/paths/~1orders~1{order_id}/delete',
                parameters: { order_id: '$response.header.Location' },
              },
            },
          },
        },
        callbacks: {
          paid: { '{$request.body#/url}': { post: { responses: { 200: { description: 'ok' } } } } },
        },
      },
    },
    '/orders/{order_id}': {
      parameters: [
        {
          name: 'order_id',
          in: 'path',
          required: true,
          style: 'label',
          schema: { type: 'string', format: 'uuid' },
        },
      ],
      get: { operationId: 'read_order', responses: { 200: { description: 'ok' } } },
      put: {
        requestBody: {
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                required: ['file'],
                properties: {
                  file: { type: 'string', contentMediaType: 'application/octet-stream' },
                  note: { type: ['string', 'null'] },
                },
              },
            },
            'application/x-www-form-urlencoded': {
              schema: { type: 'object', additionalProperties: { type: 'integer' }, minProperties: 2 },
            },
          },
        },
        responses: { 204: { description: 'done' } },
      },
      delete: { responses: { 204: { description: 'gone' } } },
    },
  },
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer' },
      key: { type: 'apiKey', in: 'query', name: 'api_key' },
      sso: { type: 'openIdConnect', openIdConnectUrl: 'https://sso.test' },
    },
    parameters: { Page: { name: 'page', in: 'query', schema: { type: 'integer', minimum: 1, default: 1 } } },
    requestBodies: {
      Order: {
        required: true,
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/Order' },
            examples: { one: { $ref: '#/components/examples/One' } },
          },
        },
      },
    },
    examples: { One: { value: { id: 1, lines: [] } } },
    responses: {
      Error: {
        description: 'error',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              additionalProperties: false,
              properties: { detail: { type: 'string' } },
            },
          },
        },
      },
    },
    schemas: {
      Order: {
        allOf: [
          { $ref: '#/components/schemas/Base' },
          {
            type: 'object',
            required: ['lines'],
            properties: {
              lines: { type: 'array', minItems: 1, items: { $ref: '#/components/schemas/Line' } },
            },
          },
        ],
      },
      Base: {
        type: 'object',
        required: ['id'],
        properties: {
          id: { type: 'integer', readOnly: true },
          parent: { $ref: '#/components/schemas/Order' },
          at: { type: 'string', format: 'date-time' },
        },
        dependentRequired: { at: ['id'] },
      },
      Line: {
        oneOf: [
          {
            type: 'object',
            required: ['kind', 'price'],
            properties: {
              kind: { const: 'item' },
              price: { type: 'number', exclusiveMinimum: 0, multipleOf: 0.01 },
            },
          },
          {
            type: 'object',
            required: ['kind'],
            properties: { kind: { const: 'gift' }, code: { type: 'string', pattern: '^[A-Z]{3}-\\d{4}$' } },
          },
        ],
        discriminator: { propertyName: 'kind', mapping: { item: '#/components/schemas/Line' } },
      },
    },
  },
};
