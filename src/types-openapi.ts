/** The nouns of an OpenAPI document as it is used: its operations, what they take and what they answer. */
import type { HttpMethod, JsonSchema, JsonValue, Notice, StringMap } from './types.ts';

export interface OpenApiDocument {
  /** Path or URL it was read from. */
  readonly source: string;
  readonly specVersion: string;
  readonly title: string;
  /** Absolute server URLs, without a slash at the end; empty when the document names none that is absolute. */
  readonly servers: readonly string[];
  readonly operations: readonly Operation[];
  /** What could not be used, and why. */
  readonly notices: readonly Notice[];
  /** The document as read; local `$ref`s inside the operations' schemas point into it. */
  readonly root: JsonValue;
}

export interface Operation {
  readonly operationId: string | null;
  readonly method: HttpMethod;
  /** Path template as written, e.g. `/users/{user_id}`. */
  readonly path: string;
  readonly tags: readonly string[];
  readonly summary: string | null;
  readonly parameters: readonly OperationParameter[];
  readonly requestBody: OperationBody | null;
  readonly responses: readonly OperationResponse[];
  /** Sets of schemes of which one must be met; empty: none is needed. */
  readonly security: readonly (readonly SecurityNeed[])[];
}

/** One way of proving who is calling, as the document asks for it. */
export interface SecurityNeed {
  readonly name: string;
  readonly kind: 'bearer' | 'basic' | 'api_key' | 'other';
  /** Where an API key goes, and under which name; `null` for the other kinds. */
  readonly place: 'query' | 'header' | 'cookie' | null;
  readonly parameter: string | null;
}

export interface OperationParameter {
  readonly name: string;
  readonly place: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly schema: JsonSchema;
  readonly example: JsonValue | undefined;
  /** How lists and objects are written, e.g. `form` or `simple`; `json` for a value inside `content`. */
  readonly style: string;
  readonly explode: boolean;
}

export interface OperationBody {
  readonly required: boolean;
  readonly mediaType: string;
  readonly schema: JsonSchema;
  readonly example: JsonValue | undefined;
}

export interface OperationResponse {
  /** `200`, `4XX` or `default`. */
  readonly status: string;
  readonly mediaType: string | null;
  readonly schema: JsonSchema | null;
  /** Names of the headers that it declares. */
  readonly headers: readonly string[];
  readonly links: readonly OperationLink[];
}

/** How a response's values feed another operation, as the document declares it. */
export interface OperationLink {
  /** The operation that it leads to, by its id or by method and path. */
  readonly target: { readonly operationId: string } | Pick<Operation, 'method' | 'path'>;
  /** Parameter of that operation to the expression that gives it, e.g. `$response.body#/id`, or to a constant. */
  readonly parameters: StringMap;
}
