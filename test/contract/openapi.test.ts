import { exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import committed from "../../docs/openapi.json" with { type: "json" };
import { apiRoutes, apiTags, createApp } from "../../src/app.ts";
import { openApiDocuments } from "../../src/http/document/openapi.ts";
import { failureKinds } from "../../src/kernel/failures.ts";

interface DocumentedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly object[];
  readonly responses: Readonly<Record<string, { readonly $ref?: string; readonly description: string }>>;
  readonly "x-error-codes": Readonly<Record<string, readonly string[]>>;
}

const methods = ["get", "post", "put", "patch", "delete"] as const;
// The import has the type of this one document; the tests walk it as any document.
const paths = committed.paths as unknown as Record<string, Partial<Record<(typeof methods)[number], DocumentedOperation>>>;
const documented = Object.entries(paths).flatMap(([path, item]) =>
  methods.flatMap((method) => {
    const operation = item[method];
    return operation ? [{ path, method, operation }] : [];
  }),
);
const definitions = apiRoutes.map(({ definition }) => definition);

/** The path below the base, with neither of the prefixes that scope a route. */
function bare(path: string): string {
  return path.replace(/^\/api\/v1/, "").replace(/^\/companies\/\{companyId\}(?=\/)/, "");
}

test("the committed document is the one that is served; `npm run openapi` writes it", async () => {
  const served = await exports.default.fetch("https://countinghouse.test/api/openapi.json");
  expect(served.status).toBe(200);
  expect(await served.json()).toEqual(committed);
});

test("every mounted route is in the document exactly once, under its operationId", () => {
  const inDocument = documented.map(({ operation }) => operation.operationId).sort();
  const inRouter = definitions.map((definition) => definition.operationId).sort();
  expect(new Set(inRouter).size).toBe(inRouter.length);
  expect(inDocument).toEqual(inRouter);
});

test("nothing answers below /api/v1 that is not mounted, and so not documented", () => {
  const known = new Set(
    definitions.flatMap((definition) =>
      [definition.path, ...(definition.alsoAt ?? [])].map(
        (path) => `${definition.method.toUpperCase()} /api/v1${path.replace(/\{(\w+)\}/g, ":$1")}`,
      ),
    ),
  );
  const answering = createApp().routes.filter((route) => route.method !== "ALL" && route.path.startsWith("/api/v1"));
  expect(answering.length).toBeGreaterThan(0);
  expect(answering.map((route) => `${route.method} ${route.path}`).filter((route) => !known.has(route))).toEqual([]);
});

describe("each route's entry", () => {
  test.each(definitions.map((definition) => [definition.operationId, definition] as const))(
    "%s is documented where it is mounted",
    (operationId, definition) => {
      const found = documented.filter(({ operation }) => operation.operationId === operationId);
      expect(found.map(({ method, path }) => `${method} ${bare(path)}`)).toEqual([`${definition.method} ${bare(definition.path)}`]);
      expect(found[0]?.operation.tags).toEqual([definition.tag]);
    },
  );
});

describe("each route's examples", () => {
  const requests = definitions.flatMap((definition) =>
    definition.body ? [[definition.operationId, definition.body, definition.bodyExample] as const] : [],
  );
  test.each(requests)("%s: the example of the request is taken by the schema that validates it", (_, schema, example) => {
    expect(example, "a request needs an example").toBeDefined();
    expect(schema.safeParse(example).error?.issues ?? []).toEqual([]);
  });

  const answers = definitions.flatMap((definition) =>
    Object.entries(definition.answers).flatMap(([status, answer]) =>
      answer.schema ? [[definition.operationId, status, answer.schema, answer.example] as const] : [],
    ),
  );
  test.each(answers)(
    "%s: the example of the answer %s has every field of the schema, and no field beside it",
    (_operationId, _status, schema, example) => {
      expect(example, "an answer needs an example").toBeDefined();
      const outcome = schema.safeParse(example);
      expect(outcome.error?.issues ?? []).toEqual([]);
      // Parsing drops what the schema does not know, so that what comes out equals what went in only where all of it is described.
      expect(outcome.data).toEqual(example);
    },
  );
});

describe("the refusals of the document", () => {
  const answers = committed.components.responses as Readonly<Record<string, { readonly description: string }>>;

  test("every code that a route names is in its document under the refusal's status, with its meaning", () => {
    const missing = definitions.flatMap((definition) => {
      const operation = documented.find((found) => found.operation.operationId === definition.operationId)?.operation;
      return (definition.refusals ?? [])
        .filter((code) => {
          const { status, meaning } = failureKinds[code];
          const isListed = operation?.["x-error-codes"][status]?.includes(code);
          return !isListed || !operation?.responses[status]?.description.includes(`\`${code}\`: ${meaning}`);
        })
        .map((code) => `${definition.operationId}: ${code}`);
    });
    expect(missing).toEqual([]);
  });

  test("an operation describes exactly the codes that it lists, under the shared answer of their status, which has them too", () => {
    const wrong = documented.flatMap(({ operation }) =>
      Object.entries(operation["x-error-codes"]).flatMap(([status, codes]) => {
        const { $ref, description } = operation.responses[status] ?? {};
        const shared = answers[$ref?.slice("#/components/responses/".length) ?? ""]?.description ?? "";
        const isRight =
          codesIn(description ?? "").join() === codes.join() &&
          codes.every((code) => String(statusOf(code)) === status && codesIn(shared).includes(code));
        return isRight ? [] : [`${operation.operationId} ${status}`];
      }),
    );
    expect(wrong).toEqual([]);
    const undeclared = documented.flatMap(({ operation }) =>
      Object.keys(operation.responses).filter((status) => Number(status) >= 400 && operation["x-error-codes"][status] === undefined),
    );
    expect(undeclared).toEqual([]);
  });

  test("an answer is shared by all operations: none writes its own", () => {
    const written = documented.flatMap(({ operation }) =>
      Object.entries(operation.responses)
        .filter(([status, { $ref }]) => Number(status) >= 400 && $ref === undefined)
        .map(([status]) => `${operation.operationId} ${status}`),
    );
    expect(written).toEqual([]);
  });
});

function codesIn(description: string): string[] {
  return [...description.matchAll(/^`([A-Z_]+)`:/gm)].map(([, code]) => code ?? "");
}

function statusOf(code: string): number | undefined {
  return Object.entries(failureKinds).find(([known]) => known === code)?.[1].status;
}

test("no parameter is written out the same in more than four operations", () => {
  const texts = documented.flatMap(({ operation }) =>
    (operation.parameters ?? []).filter((parameter) => !("$ref" in parameter)).map((parameter) => JSON.stringify(parameter)),
  );
  const often = [...Map.groupBy(texts, (text) => text)].filter(([, same]) => same.length > 4);
  expect(often.map(([text]) => text)).toEqual([]);
});

test("no two components have the same name, whatever they are: some generators make types of all of them", () => {
  const { schemas, responses, parameters } = committed.components;
  const names = [schemas, responses, parameters].flatMap((components) => Object.keys(components).map((name) => name.toLowerCase()));
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test("each app builds the document of its own routes", () => {
  const [one] = definitions;
  if (one === undefined) throw new Error("There are no routes.");
  const few = openApiDocuments([one], apiTags, "1.0.0");
  const all = openApiDocuments(definitions, apiTags, "2.0.0");
  expect(Object.keys(few("closed").paths)).toEqual([one.path]);
  expect(few("closed").info).toMatchObject({ version: "1.0.0" });
  expect(Object.keys(all("closed").paths).length).toBeGreaterThan(10);
  expect(few("closed"), "built once").toBe(few("closed"));
});
