/** The OpenAPI 3.1 document, made of the endpoints themselves: what is checked is what is documented. */
import { z } from 'zod';
import { PERMISSIONS } from '../auth/principal.ts';
import { problem } from './contract/common.ts';
import type { Allow, Endpoint } from './endpoint.ts';
import { FOREIGN_PATHS } from './openapi-foreign.ts';
import { RESOURCES } from './openapi-resources.ts';

type Json = Readonly<Record<string, unknown>>;

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly Json[];
  readonly security: readonly Json[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Json>>; readonly securitySchemes: Json };
}

export interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly operationId?: string;
  readonly security?: readonly Json[];
  readonly parameters?: readonly Json[];
  readonly requestBody?: Json;
  readonly responses: Json;
}

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', description: 'A token from /auth/login, or an API key' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  session: { type: 'apiKey', in: 'cookie', name: 'telltale_session' },
};

const DESCRIPTION =
  'JSON in snake_case, times in ISO 8601 UTC, durations in seconds. Errors are problem+json (RFC 9457). Lists take ' +
  'limit, cursor and sort and answer {data, next_cursor}. IDs are opaque.';

export function openApiDocument(endpoints: readonly Endpoint[], base: string, version: string): OpenApiDocument {
  const schemas = new SchemaCollection();
  const problemRef = schemas.ref(problem, 'Problem', 'output');
  const paths: Record<string, Record<string, Operation>> = {};
  for (const endpoint of endpoints) {
    const path = endpoint.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method]: operationOf(endpoint, schemas, problemRef) };
  }
  const tags = [...new Set(endpoints.map((endpoint) => endpoint.tag)), 'ingest', 'read'];
  return {
    openapi: '3.1.0',
    info: { title: 'Telltale', version, description: DESCRIPTION },
    servers: [{ url: base }],
    security: [{ bearer: [] }, { apiKey: [] }, { session: [] }],
    tags: tags.map((name) => ({ name })),
    paths: { ...paths, ...FOREIGN_PATHS },
    components: { schemas: schemas.all(), securitySchemes: SECURITY_SCHEMES },
  };
}

function operationOf(endpoint: Endpoint, schemas: SchemaCollection, problemRef: Json): Operation {
  const id = operationId(endpoint);
  const hasInput = endpoint.body !== undefined || endpoint.query !== undefined;
  const problemContent = { 'application/problem+json': { schema: problemRef } };
  const status = String(endpoint.status ?? (endpoint.answer ? 200 : 204));
  const answer = endpoint.answer && schemas.ref(endpoint.answer, `${id}Answer`, 'output');
  const errors = [
    ...(hasInput ? [['400', 'The request is wrong: errors names the keys']] : []),
    ...(endpoint.allow === 'anyone'
      ? []
      : [
          ['401', 'Not logged in'],
          ['403', 'The role may not do this'],
        ]),
    ...(endpoint.path.includes(':') ? [['404', 'There is no such record']] : []),
    ['429', 'Too many requests'],
  ];
  return {
    tags: [endpoint.tag],
    summary: endpoint.summary,
    description: whoMay(endpoint.allow),
    operationId: id,
    ...(endpoint.allow === 'anyone' ? { security: [] } : {}),
    parameters: [
      ...parametersOf(endpoint.params, 'path', endpoint.path),
      ...parametersOf(endpoint.query, 'query', endpoint.path),
    ],
    ...(endpoint.body
      ? {
          requestBody: {
            required: !endpoint.bodyOptional,
            content: { 'application/json': { schema: schemas.ref(endpoint.body, `${id}Body`, 'input') } },
          },
        }
      : {}),
    responses: {
      [status]: { description: 'Done', ...(answer ? { content: { 'application/json': { schema: answer } } } : {}) },
      ...Object.fromEntries(errors.map(([code, description]) => [code, { description, content: problemContent }])),
    },
  };
}

function whoMay(allow: Allow): string {
  if (allow === 'anyone') return 'Needs no log-in.';
  return allow === 'self' ? 'For whoever is logged in.' : `For the roles ${PERMISSIONS[allow].join(', ')}.`;
}

/** `POST /devices/:id/interfaces` is `postDevicesIdInterfaces`. */
function operationId(endpoint: Endpoint): string {
  const words = endpoint.path.split(/[^a-zA-Z0-9]+/).filter((word) => word !== '');
  return endpoint.method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join('');
}

function parametersOf(schema: z.ZodType | undefined, where: 'path' | 'query', path: string): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties)
    .filter(([name]) => where === 'query' || path.includes(`:${name}`))
    .map(([name, value]) => ({
      name,
      in: where,
      required: where === 'path' || required.includes(name),
      schema: value,
    }));
}

/** Schemas that have a name are referred to by it, wherever they stand. */
class SchemaCollection {
  readonly #names = new Map<z.core.$ZodType, string>(RESOURCES);
  readonly #schemas: Record<string, Json> = {};

  ref(schema: z.ZodType, name: string, io: 'input' | 'output'): Json {
    const known = this.#names.get(schema) ?? name;
    this.#names.set(schema, known);
    if (!this.#schemas[known]) this.#schemas[known] = this.#convert(schema, io);
    return { $ref: `#/components/schemas/${known}` };
  }

  #convert(schema: z.ZodType, io: 'input' | 'output'): Json {
    const nested = new Map<z.core.$ZodType, string>();
    const { $schema: _, ...json } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override: ({ zodSchema, jsonSchema }) => {
        const name = (zodSchema as z.core.$ZodType) === schema ? undefined : RESOURCES.get(zodSchema);
        if (name === undefined) return;
        nested.set(zodSchema, name);
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
        jsonSchema.$ref = `#/components/schemas/${name}`;
      },
    });
    for (const [inner, name] of nested) this.ref(inner as z.ZodType, name, io);
    return json;
  }

  all(): Readonly<Record<string, Json>> {
    return this.#schemas;
  }
}
