import { type Schema as CheckedSchema, Validator } from "@cfworker/json-schema";
import { request } from "../site.ts";

/** What of JSON Schema 2020-12 the document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly example?: unknown;
  readonly default?: unknown;
}

export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query" | "header" | "cookie";
  readonly required?: boolean;
  readonly schema: JsonSchema;
  readonly example?: unknown;
}

interface MediaTypes {
  readonly [mediaType: string]: { readonly schema?: JsonSchema; readonly example?: unknown };
}

export interface DeclaredAnswer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: MediaTypes;
}

export interface Operation {
  readonly operationId: string;
  /** In upper case. */
  readonly method: string;
  readonly path: string;
  readonly isPublic: boolean;
  readonly parameters: readonly Parameter[];
  readonly body: { readonly schema: JsonSchema; readonly example: unknown; readonly required: boolean } | undefined;
  readonly answers: Readonly<Record<string, DeclaredAnswer>>;
  /** The codes with which it may refuse, by status. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
}

interface Reference {
  readonly $ref: string;
  readonly description?: string;
}

interface WrittenOperation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly (Parameter | Reference)[];
  readonly requestBody?: { readonly required?: boolean; readonly content: MediaTypes };
  readonly responses: Readonly<Record<string, DeclaredAnswer | Reference>>;
  readonly "x-error-codes": Readonly<Record<string, readonly string[]>>;
}

interface Written {
  readonly paths: Readonly<Record<string, Readonly<Record<string, WrittenOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly parameters: Readonly<Record<string, Parameter>>;
    readonly responses: Readonly<Record<string, DeclaredAnswer>>;
  };
}

export interface ApiDocument {
  readonly operations: readonly Operation[];
  /** The schema without references and compositions at its top, in the branch that takes the value. */
  plain(schema: JsonSchema, value?: unknown): JsonSchema;
  /** Whether a request's body is one that the document allows. */
  allows(schema: JsonSchema, value: unknown): boolean;
  /** Where an answer's body differs from the document, a field that it does not describe included; undefined where it does not. */
  differenceOf(schema: JsonSchema, value: unknown): string | undefined;
}

const methods = ["get", "post", "put", "patch", "delete"] as const;

/** The document as the app under test serves it. */
export async function readDocument(): Promise<ApiDocument> {
  const served = await request("GET", "/api/openapi.json", {});
  const { paths, components } = served.body as Written;
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const written = item[method];
      if (written === undefined) return [];
      const json = written.requestBody?.content["application/json"];
      const operation: Operation = {
        operationId: written.operationId,
        method: method.toUpperCase(),
        path,
        isPublic: written.security?.length === 0,
        parameters: (written.parameters ?? []).map((parameter) => resolved(components.parameters, "parameters", parameter)),
        body:
          json?.schema === undefined
            ? undefined
            : { schema: json.schema, example: json.example, required: written.requestBody?.required ?? false },
        answers: Object.fromEntries(
          Object.entries(written.responses).map(([status, answer]) => [status, resolved(components.responses, "responses", answer)]),
        ),
        codes: written["x-error-codes"],
      };
      return [operation];
    }),
  );
  const definitions = Object.fromEntries(
    Object.entries(components.schemas).flatMap(([name, schema]) => [
      [name, rewritten(schema, "open")],
      [`closed ${name}`, rewritten(schema, "closed")],
    ]),
  );
  const validators = new Map<string, Validator>();
  const validate = (schema: JsonSchema, value: unknown, fields: Fields) => {
    const key = `${fields} ${JSON.stringify(schema)}`;
    let validator = validators.get(key);
    if (validator === undefined) {
      // The library's type of a schema is a record of anything.
      validator = new Validator({ ...rewritten(schema, fields), $defs: definitions } as CheckedSchema, "2020-12", false);
      validators.set(key, validator);
    }
    return validator.validate(value);
  };
  const allows = (schema: JsonSchema, value: unknown) => validate(schema, value, "open").valid;
  const plain = (schema: JsonSchema, value?: unknown): JsonSchema => {
    const { $ref, allOf, anyOf, oneOf, ...own } = schema;
    const parts = [...($ref === undefined ? [] : [components.schemas[$ref.slice("#/components/schemas/".length)] ?? {}]), ...(allOf ?? [])];
    const branches = anyOf ?? oneOf ?? [];
    const branch = (value === undefined ? undefined : branches.find((candidate) => allows(candidate, value))) ?? branches[0];
    return [...parts, ...(branch ? [branch] : [])].reduce<JsonSchema>((merged, part) => mergeSchemas(merged, plain(part, value)), own);
  };
  return {
    operations,
    plain,
    allows,
    differenceOf(schema, value) {
      const { valid, errors } = validate(schema, value, "closed");
      return valid ? undefined : errors.map((error) => `${error.instanceLocation}: ${error.error}`).join(" ");
    },
  };
}

/** What a reference refers to; a description beside it takes the place of the one there (OpenAPI 3.1 §4.8.23). */
function resolved<T extends object>(components: Readonly<Record<string, T>>, kind: string, given: T | Reference): T {
  if (!("$ref" in given)) return given;
  const { $ref, ...beside } = given;
  const found = components[$ref.slice(`#/components/${kind}/`.length)];
  if (found === undefined) throw new Error(`The document has no ${$ref}.`);
  return { ...found, ...beside };
}

function mergeSchemas(one: JsonSchema, other: JsonSchema): JsonSchema {
  const properties = one.properties || other.properties ? { properties: { ...one.properties, ...other.properties } } : {};
  const required = one.required || other.required ? { required: [...(one.required ?? []), ...(other.required ?? [])] } : {};
  return { ...other, ...one, ...properties, ...required };
}

/** Whether objects may have fields that the schema does not describe: `closed` finds fields that the document forgot. */
type Fields = "open" | "closed";

/** The schema for the validator: references to `$defs`, no examples, and closed where asked. */
function rewritten(schema: JsonSchema, fields: Fields): Record<string, unknown> {
  const inAll = schema.allOf !== undefined;
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === "example" || keyword === "default" || keyword === "description" || keyword === "discriminator") continue;
    if (keyword === "$ref") {
      const name = String(value).slice("#/components/schemas/".length);
      result.$ref = `#/$defs/${encodeURIComponent(fields === "closed" ? `closed ${name}` : name)}`;
    } else if (keyword === "properties") {
      result.properties = Object.fromEntries(
        Object.entries(value as Record<string, JsonSchema>).map(([name, property]) => [name, rewritten(property, fields)]),
      );
    } else if (keyword === "items" || (keyword === "additionalProperties" && typeof value === "object")) {
      result[keyword] = rewritten(value as JsonSchema, fields);
    } else if (keyword === "allOf" || keyword === "anyOf" || keyword === "oneOf") {
      // Each part of allOf knows its own fields only: the whole is closed, not the part.
      result[keyword] = (value as JsonSchema[]).map((part) => rewritten(part, keyword === "allOf" ? "open" : fields));
    } else result[keyword] = value;
  }
  if (fields === "closed" && inAll) result.unevaluatedProperties = false;
  else if (fields === "closed" && schema.properties !== undefined && schema.additionalProperties === undefined)
    result.additionalProperties = false;
  return result;
}
