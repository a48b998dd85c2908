import type { DocumentedOperation, OpenApiDocument } from "./shape.ts";

type Schemas = OpenApiDocument["components"]["schemas"];

const schemaPrefix = "#/components/schemas/";
/** Keywords whose values are examples of data, and so no schemas. */
const ofData: ReadonlySet<string> = new Set(["example", "examples", "default"]);

/**
 * The document with the enums of answers as strings, for languages whose decoders fail on a value that they do not know.
 * Requests stay as they are. Of a schema that both use and that holds an enum there are two: the one of answers has `Answer` after its name.
 */
export function withOpenEnums(document: OpenApiDocument): OpenApiDocument {
  const { schemas, responses = {} } = document.components;
  const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
  const ofRequests = reached(
    schemas,
    operations.map(({ parameters, requestBody }) => [parameters, requestBody]),
  );
  const ofAnswers = reached(schemas, [operations.map((operation) => operation.responses), responses]);
  const changing = new Set([...ofAnswers].filter((name) => holdsEnum(schemas, name)));
  const renamed = new Map([...changing].map((name) => [name, ofRequests.has(name) ? `${name}Answer` : name]));
  const kept = keptEnums(schemas);
  const open = <T>(value: T, name?: string): T => opened(value, renamed, name === undefined ? undefined : kept.get(name));
  const all = Object.entries(schemas).flatMap(([name, schema]) => {
    const forAnswers = renamed.get(name);
    if (forAnswers === undefined) return [[name, schema]];
    return [...(ofRequests.has(name) ? [[name, schema]] : []), [forAnswers, open(schema, name)]];
  });
  return {
    ...document,
    paths: mapValues(document.paths, (item) =>
      mapValues(item, (operation): DocumentedOperation => ({ ...operation, responses: open(operation.responses) })),
    ),
    components: { ...document.components, schemas: Object.fromEntries(all), responses: open(responses) },
  };
}

function mapValues<T>(record: Readonly<Record<string, T>>, change: (value: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}

/** The names of the schemas that something refers to, itself or through others. */
function reached(schemas: Schemas, from: unknown): ReadonlySet<string> {
  const names = new Set<string>();
  const waiting = [from];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    for (const name of referredTo(part)) {
      if (names.has(name)) continue;
      names.add(name);
      waiting.push(schemas[name]);
    }
  }
  return names;
}

/** What may be a schema inside a part, with whether its keys are names of properties; below `properties` a key is a name and no keyword. */
function partsOf(part: object, isOfNames: boolean): { readonly part: unknown; readonly isOfNames: boolean }[] {
  return Object.entries(part).flatMap(([key, child]) => {
    if (!isOfNames && ofData.has(key)) return [];
    return [{ part: child, isOfNames: !isOfNames && key === "properties" }];
  });
}

function referredTo(part: unknown, isOfNames = false): string[] {
  if (typeof part !== "object" || part === null) return [];
  const own = !isOfNames && "$ref" in part && typeof part.$ref === "string" && part.$ref.startsWith(schemaPrefix);
  return [
    ...(own ? [String(part.$ref).slice(schemaPrefix.length)] : []),
    ...partsOf(part, isOfNames).flatMap((inside) => referredTo(inside.part, inside.isOfNames)),
  ];
}

/** Whether a schema holds an enum, itself or through those that it refers to. */
function holdsEnum(schemas: Schemas, name: string): boolean {
  return [name, ...reached(schemas, schemas[name])].some((part) => hasEnum(schemas[part]));
}

function hasEnum(part: unknown, isOfNames = false): boolean {
  if (typeof part !== "object" || part === null) return false;
  return (!isOfNames && isEnum(part)) || partsOf(part, isOfNames).some((inside) => hasEnum(inside.part, inside.isOfNames));
}

interface EnumOfStrings {
  readonly description?: string;
  readonly enum: readonly (string | null)[];
}

/** A flag that is only ever true is no enum that grows. */
function isEnum(schema: object): schema is EnumOfStrings {
  if (!("enum" in schema) || !Array.isArray(schema.enum)) return false;
  return schema.enum.every((value) => typeof value === "string" || value === null);
}

/** The property of a schema by which a union chooses it: as a string it would choose nothing. */
function keptEnums(schemas: Schemas): ReadonlyMap<string, string> {
  const kept = new Map<string, string>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    if ("discriminator" in value) {
      const { propertyName, mapping } = value.discriminator as { readonly propertyName: string; readonly mapping: Record<string, string> };
      for (const reference of Object.values(mapping)) kept.set(reference.slice(schemaPrefix.length), propertyName);
    }
    for (const part of Object.values(value)) visit(part);
  };
  visit(schemas);
  return kept;
}

/** A part of the document with its enums as strings that name the values known today, but for one property, and its references to the opened schemas. */
function opened<T>(value: T, renamed: ReadonlyMap<string, string>, keptProperty: string | undefined): T {
  const rename = (reference: string) => {
    const name = reference.startsWith(schemaPrefix) ? renamed.get(reference.slice(schemaPrefix.length)) : undefined;
    return name === undefined ? reference : `${schemaPrefix}${name}`;
  };
  const visit = (part: unknown, isOfNames: boolean): unknown => {
    if (typeof part === "string") return rename(part);
    if (Array.isArray(part)) return part.map((item) => visit(item, false));
    if (typeof part !== "object" || part === null) return part;
    const inside = !isOfNames && isEnum(part) ? withoutEnum(part) : part;
    return Object.fromEntries(
      Object.entries(inside).map(([key, child]) => {
        if (isOfNames ? key === keptProperty : ofData.has(key)) return [key, child];
        return [key, visit(child, !isOfNames && key === "properties")];
      }),
    );
  };
  // What comes out has the form of what went in: strings and keywords change, no part goes.
  return visit(value, false) as T;
}

function withoutEnum({ enum: values, ...schema }: EnumOfStrings): object {
  const known = `Known values: ${values.flatMap((value) => (value === null ? [] : [`\`${value}\``])).join(", ")}.`;
  return { ...schema, description: schema.description === undefined ? known : `${schema.description} ${known}` };
}
