import * as fc from "fast-check";
import type { ApiDocument, JsonSchema } from "./api-document.ts";

/** A value and what is special about it, in words that a failure can repeat. */
export interface Case {
  readonly name: string;
  readonly value: unknown;
}

/** Puts a value where it belongs in the whole. */
type Wrap = (value: unknown) => unknown;

interface Position {
  readonly pointer: string;
  readonly schema: JsonSchema;
  /** As it is in the example, or made up where the example leaves it out. */
  readonly value: unknown;
  readonly isPresent: boolean;
  readonly wrap: Wrap;
  /** The whole without it; undefined for the whole itself and for items of lists. */
  readonly without: unknown;
  readonly isRequired: boolean;
}

export interface Describing {
  readonly document: ApiDocument;
  /** The real thing that a field of this name takes, where one has to be real. */
  readonly known: (name: string) => unknown;
}

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function omit(value: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}

/** Every position that the schema describes, from the whole down to the fields of the first item of each list. */
function positionsOf({ document, known }: Describing, schema: JsonSchema, example: unknown): Position[] {
  const positions: Position[] = [];
  const visit = (position: Omit<Position, "schema"> & { readonly schema: JsonSchema }, depth: number) => {
    const described = document.plain(position.schema, position.value);
    positions.push({ ...position, schema: described });
    const { value, wrap, pointer } = position;
    if (depth > 6) return;
    if (isFields(value)) {
      for (const [name, property] of Object.entries(described.properties ?? {})) {
        const isPresent = Object.hasOwn(value, name);
        visit(
          {
            pointer: `${pointer}/${name}`,
            schema: property,
            value: isPresent ? value[name] : (known(name) ?? sampleOf(document, property)),
            isPresent,
            wrap: (inner) => wrap({ ...value, [name]: inner }),
            without: wrap(omit(value, name)),
            isRequired: described.required?.includes(name) ?? false,
          },
          depth + 1,
        );
      }
      if (typeof described.additionalProperties === "object") {
        const name = Object.keys(value)[0] ?? "region";
        const entry = { pointer: `${pointer}/${name}`, isPresent: true, without: undefined, isRequired: false };
        const schemaOf = described.additionalProperties;
        visit(
          {
            ...entry,
            schema: schemaOf,
            value: value[name] ?? sampleOf(document, schemaOf),
            wrap: (inner) => wrap({ ...value, [name]: inner }),
          },
          depth + 1,
        );
      }
    }
    if (Array.isArray(value) && value.length > 0 && described.items) {
      const [first, ...rest] = value;
      visit(
        {
          pointer: `${pointer}/0`,
          schema: described.items,
          value: first,
          isPresent: true,
          wrap: (inner) => wrap([inner, ...rest]),
          without: undefined,
          isRequired: false,
        },
        depth + 1,
      );
    }
  };
  visit({ pointer: "", schema, value: example, isPresent: true, wrap: (value) => value, without: undefined, isRequired: true }, 0);
  return positions;
}

/** Some value that the schema takes: its example where it has one. */
export function sampleOf(document: ApiDocument, schema: JsonSchema): unknown {
  const described = document.plain(schema);
  if (described.example !== undefined) return described.example;
  if (described.default !== undefined) return described.default;
  if (described.const !== undefined) return described.const;
  if (described.enum) return described.enum[0];
  switch (typesOf(described)[0]) {
    case "object":
      return Object.fromEntries((described.required ?? []).map((name) => [name, sampleOf(document, described.properties?.[name] ?? {})]));
    case "array":
      return Array.from({ length: Math.max(1, described.minItems ?? 0) }, () => sampleOf(document, described.items ?? {}));
    case "integer":
    case "number":
      return described.minimum ?? 1;
    case "boolean":
      return true;
    default:
      return described.format === "uuid" ? crypto.randomUUID() : "x".repeat(Math.max(1, described.minLength ?? 0));
  }
}

function typesOf(schema: JsonSchema): readonly string[] {
  return schema.type === undefined ? [] : typeof schema.type === "string" ? [schema.type] : schema.type;
}

const ofAnotherType: Readonly<Record<string, readonly (readonly [string, unknown])[]>> = {
  string: [
    ["a number", 12_345],
    ["an object", {}],
  ],
  integer: [
    ["a text", "1"],
    ["a fraction", 1.5],
    ["true", true],
  ],
  number: [
    ["a text", "1"],
    ["true", true],
  ],
  boolean: [
    ["a text", "true"],
    ["a number", 1],
  ],
  array: [
    ["an object", {}],
    ["a text", "x"],
  ],
  object: [
    ["a list", []],
    ["a text", "x"],
  ],
};

const ofNoSuchFormat: Readonly<Record<string, readonly string[]>> = {
  uuid: ["not-a-uuid"],
  date: ["2026-02-30", "2026-6-8", "08/06/2026"],
  "date-time": ["yesterday"],
  email: ["nobody"],
  uri: ["::"],
};

/** The longest value that is worth sending: beyond this the body limit answers, not the field. */
const lengthSentMax = 20_000;

/** Everything that is wrong for one field by itself. */
function wrongValues(schema: JsonSchema, value: unknown): (readonly [string, unknown])[] {
  const found: (readonly [string, unknown])[] = [["null", null]];
  for (const type of typesOf(schema).slice(0, 1)) found.push(...(ofAnotherType[type] ?? []));
  if (schema.enum) found.push(["none of its values", "no_such_value"]);
  for (const text of ofNoSuchFormat[schema.format ?? ""] ?? []) found.push([JSON.stringify(text), text]);
  if (schema.pattern !== undefined) found.push(["not of its pattern", "\u{1F512} ~"]);
  if (schema.minLength) found.push(["one character short", "x".repeat(schema.minLength - 1)]);
  if (schema.maxLength !== undefined && schema.maxLength < lengthSentMax)
    found.push(["one character long", "x".repeat(schema.maxLength + 1)]);
  if (schema.minimum !== undefined) found.push(["below its minimum", schema.minimum - 1]);
  if (schema.maximum !== undefined) found.push(["above its maximum", schema.maximum + 1], ["far above its maximum", 1e300]);
  if (Array.isArray(value)) {
    if (schema.minItems) found.push(["one item short", value.slice(0, schema.minItems - 1)]);
    if (schema.maxItems !== undefined && schema.maxItems < lengthSentMax)
      found.push(["one item long", Array.from({ length: schema.maxItems + 1 }, () => value[0] ?? "x")]);
  }
  return found;
}

/** Bodies one fault away from the example, each of which the document refuses, or has to. */
export function faultCases(by: Describing, schema: JsonSchema, example: unknown): Case[] {
  const positions = positionsOf(by, schema, example);
  const named = ({ pointer }: Position) => pointer || "the body";
  const wrong = positions.flatMap((position): Case[] => {
    const values = wrongValues(position.schema, position.value).map(
      ([what, value]): Case => ({ name: `${named(position)} is ${what}`, value: position.wrap(value) }),
    );
    if (!position.isRequired || position.without === undefined) return values;
    return [{ name: `${named(position)} is missing`, value: position.without }, ...values];
  });
  // Requests are strict: a field that nobody knows is refused wherever fields are named, whether or not the document says so.
  const unknown = positions.flatMap((position): Case[] => {
    const { schema: described, value, wrap } = position;
    if (!isFields(value) || typeof described.additionalProperties === "object") return [];
    return [{ name: `${named(position)} has a field that nobody knows`, value: wrap({ ...value, surprise: 1 }) }];
  });
  return [...unknown, ...wrong.filter(({ value }) => !by.document.allows(schema, value))];
}

/** A place of a body where an id stands, and the body with another one there. */
export interface IdPlace {
  readonly pointer: string;
  readonly wrap: (id: string) => unknown;
}

export function idPlaces(by: Describing, schema: JsonSchema, example: unknown): IdPlace[] {
  return positionsOf(by, schema, example).filter(({ schema: { format } }) => format === "uuid");
}

/** Bodies in which one field names a thing by an id that nobody has. */
export function unknownIdCases(by: Describing, schema: JsonSchema, example: unknown, unread: ReadonlySet<string>): Case[] {
  return idPlaces(by, schema, example)
    .filter(({ pointer }) => !unread.has(pointer.split("/").at(-1) ?? ""))
    .map(({ pointer, wrap }) => ({ name: `${pointer} is nobody's id`, value: wrap(crypto.randomUUID()) }));
}

const unicode = "Zoë & Søn 会社 🏦 \u202E‮";

/** What is special and right for one field by itself. */
function rightValues(schema: JsonSchema, value: unknown): (readonly [string, unknown])[] {
  if (schema.enum) return schema.enum.slice(0, 16).map((choice) => [JSON.stringify(choice), choice] as const);
  const found: (readonly [string, unknown])[] = [];
  const types = typesOf(schema);
  if (types.includes("null")) found.push(["null", null]);
  if (types.includes("boolean")) found.push(["true", true], ["false", false]);
  if (schema.minimum !== undefined) found.push(["at its minimum", schema.minimum]);
  if (schema.maximum !== undefined) found.push(["at its maximum", schema.maximum]);
  if (types.includes("string") && schema.format === undefined && schema.pattern === undefined) {
    found.push(["in many scripts", unicode]);
    if (schema.minLength !== undefined) found.push(["as short as can be", "x".repeat(schema.minLength)]);
    if (schema.maxLength !== undefined && schema.maxLength < lengthSentMax) found.push(["as long as can be", "é".repeat(schema.maxLength)]);
  }
  if (Array.isArray(value) && value.length > 0) {
    if (schema.minItems !== undefined) found.push(["as short as can be", value.slice(0, schema.minItems)]);
    if (schema.maxItems !== undefined && schema.maxItems <= 200)
      found.push(["as long as can be", Array.from({ length: schema.maxItems }, (_, at) => value[at % value.length])]);
  }
  return found;
}

/** Bodies a step away from the example that the document allows: fields left out, added, at their bounds. */
export function validCases(by: Describing, schema: JsonSchema, example: unknown): Case[] {
  const cases = positionsOf(by, schema, example).flatMap((position): Case[] => {
    const name = position.pointer || "the body";
    const right = rightValues(position.schema, position.value).map(
      ([what, value]): Case => ({ name: `${name} is ${what}`, value: position.wrap(value) }),
    );
    if (position.isRequired || position.without === undefined) return right;
    return [
      position.isPresent
        ? { name: `${name} is left out`, value: position.without }
        : { name: `${name} is there`, value: position.wrap(position.value) },
      ...right,
    ];
  });
  return cases.filter(({ value }) => by.document.allows(schema, value));
}

/** Any body that the schema describes. */
export function bodiesOf(document: ApiDocument, schema: JsonSchema): fc.Arbitrary<unknown> {
  const described = document.plain(schema);
  const branches = schema.anyOf ?? schema.oneOf;
  if (branches) return fc.oneof(...branches.map((branch) => bodiesOf(document, branch)));
  if (described.enum) return fc.constantFrom(...described.enum);
  switch (typesOf(described)[0]) {
    case "object": {
      const properties = Object.entries(described.properties ?? {});
      if (properties.length === 0)
        return fc.dictionary(fc.string({ minLength: 1, maxLength: 10 }), fc.string({ maxLength: 20 }), { maxKeys: 4 });
      return fc.record(Object.fromEntries(properties.map(([name, property]) => [name, bodiesOf(document, property)])), {
        requiredKeys: [...(described.required ?? [])],
      });
    }
    case "array":
      return fc.array(bodiesOf(document, described.items ?? {}), {
        minLength: described.minItems ?? 0,
        maxLength: Math.min(described.maxItems ?? 5, Math.max(5, described.minItems ?? 0)),
      });
    case "integer":
      return fc.integer({ min: Math.max(described.minimum ?? 0, -1e9), max: Math.min(described.maximum ?? 1e9, 1e9) });
    case "boolean":
      return fc.boolean();
    default:
      return textsOf(document, described);
  }
}

function textsOf(document: ApiDocument, schema: JsonSchema): fc.Arbitrary<unknown> {
  if (schema.format === "uuid") return fc.uuid();
  if (schema.format === "date")
    return fc
      .date({ min: new Date("1900-01-01"), max: new Date("2100-12-31"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
  if (schema.format !== undefined || schema.pattern !== undefined) return fc.constant(sampleOf(document, schema));
  const { minLength = 0, maxLength = 50 } = schema;
  const text = fc.string({ unit: "grapheme", minLength, maxLength: Math.max(minLength, Math.min(maxLength, 50)) });
  return fc.oneof({ weight: 1, arbitrary: fc.constant(sampleOf(document, schema)) }, { weight: 3, arbitrary: text });
}
