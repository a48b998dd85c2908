import { describe, expect, test } from "vitest";
import { withOpenEnums } from "../../src/http/document/open-enums.ts";
import type { OpenApiDocument } from "../../src/http/document/shape.ts";
import { request } from "../support/site.ts";

async function served(query: string): Promise<OpenApiDocument> {
  const answer = await request("GET", `/api/openapi.json${query}`, {});
  expect(answer.status).toBe(200);
  return answer.body;
}

interface FoundEnum {
  readonly at: string;
  readonly values: readonly unknown[];
}

/** The enums of strings that a part of the document reaches, through references too. */
function enumsFrom(document: OpenApiDocument, part: unknown, at: string, seen = new Set<string>()): FoundEnum[] {
  if (typeof part !== "object" || part === null) return [];
  const { $ref, enum: values } = part as { readonly $ref?: string; readonly enum?: readonly unknown[] };
  const found = values?.some((value) => typeof value === "string") ? [{ at, values }] : [];
  const target = $ref === undefined || seen.has($ref) ? undefined : $ref.split("/").slice(1).reduce<unknown>(step, document);
  if ($ref !== undefined && !seen.has($ref)) expect(target, $ref).toBeDefined();
  if ($ref !== undefined) seen.add($ref);
  const inside = Object.entries(part).flatMap(([key, value]) =>
    /^(?:examples?|default)$/.test(key) ? [] : enumsFrom(document, value, `${at}/${key}`, seen),
  );
  return [...found, ...inside, ...enumsFrom(document, target, $ref ?? "", seen)];
}

function step(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
}

function operationsOf(document: OpenApiDocument) {
  return Object.values(document.paths).flatMap((item) => Object.values(item));
}
const answersOf = (document: OpenApiDocument) =>
  enumsFrom(
    document,
    operationsOf(document).map(({ responses }) => responses),
    "",
  );
const requestsOf = (document: OpenApiDocument) =>
  enumsFrom(
    document,
    operationsOf(document).map(({ parameters, requestBody }) => [parameters, requestBody]),
    "",
  );

describe("the enums of the document", () => {
  test("are closed, those of errors' codes too, so that a switch over them is checked", async () => {
    const document = await served("");
    expect(await served("?enums=closed")).toEqual(document);
    expect(answersOf(document).length).toBeGreaterThan(40);
    expect(answersOf(document).flatMap(({ values }) => values)).toEqual(expect.arrayContaining(["pending_approval", "ENTRY_UNBALANCED"]));
  });

  test("enums=open serves those of answers as strings that name the known values, and leaves those of requests", async () => {
    const [closed, open] = [await served(""), await served("?enums=open")];
    // A union is chosen by the kind of its row: as a string it would choose nothing.
    expect(answersOf(open).map(({ at }) => at)).toEqual([
      "#/components/schemas/StatementRow/properties/kind",
      "#/components/schemas/ComputedRow/properties/kind",
    ]);
    expect(requestsOf(open)).toEqual(requestsOf(closed));
    expect(open.components.schemas.ErrorCode).toMatchObject({ type: "string" });
    expect(step(open.components.schemas.Account, "properties")).toMatchObject({
      status: { type: "string", description: "Known values: `active`, `archived`, `deleted`." },
    });
    expect(step(open.components.schemas.Site, "properties")).toMatchObject({
      jurisdiction: { type: ["string", "null"], description: "Known values: `eu`, `us`." },
    });
  });

  test("a schema of requests and answers is there twice: the answers' is open", async () => {
    const { schemas } = (await served("?enums=open")).components;
    expect(schemas.Side).toMatchObject({ enum: ["debit", "credit"] });
    expect(schemas.SideAnswer).toEqual({ type: "string", description: "Known values: `debit`, `credit`." });
    expect(step(schemas.JournalLineRequest, "properties")).toMatchObject({ side: { $ref: "#/components/schemas/Side" } });
    expect(step(schemas.JournalLine, "properties")).toMatchObject({ side: { $ref: "#/components/schemas/SideAnswer" } });
  });

  test("what is shared only through another schema, an example, and properties named like keywords are left as they should be", () => {
    const kind = { type: "string", enum: ["a", "b"] };
    const document: OpenApiDocument = {
      paths: {
        "/things": {
          post: {
            operationId: "makeThing",
            requestBody: { content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" } } } },
            responses: {
              200: { description: "Read.", content: { "application/json": { schema: { $ref: "#/components/schemas/Named" } } } },
              201: {
                description: "Made.",
                content: { "application/json": { schema: { $ref: "#/components/schemas/Thing" }, example: { enum: ["a"] } } },
              },
            },
          },
        },
      },
      components: {
        schemas: {
          Thing: { properties: { enum: { type: "array", items: { $ref: "#/components/schemas/Kind" } }, size: { enum: [1, 2] } } },
          Kind: kind,
          Plain: { type: "object", properties: { enum: kind } },
          Named: { type: "object", properties: { default: kind, example: { $ref: "#/components/schemas/Kind" } } },
        },
      },
    };
    const { paths, components } = withOpenEnums(document);
    expect(paths["/things"]?.post?.requestBody).toEqual(document.paths["/things"]?.post?.requestBody);
    expect(paths["/things"]?.post?.responses[201]).toMatchObject({
      content: { "application/json": { schema: { $ref: "#/components/schemas/ThingAnswer" }, example: { enum: ["a"] } } },
    });
    expect(components.schemas).toEqual({
      ...document.components.schemas,
      ThingAnswer: { properties: { enum: { type: "array", items: { $ref: "#/components/schemas/KindAnswer" } }, size: { enum: [1, 2] } } },
      Named: {
        type: "object",
        properties: {
          default: { type: "string", description: "Known values: `a`, `b`." },
          example: { $ref: "#/components/schemas/KindAnswer" },
        },
      },
      KindAnswer: { type: "string", description: "Known values: `a`, `b`." },
    });
  });

  test("both are served of one service's part too, and another value of enums is refused like another service", async () => {
    const part = await served("?service=balances&enums=open");
    expect(Object.keys(part.paths)).toEqual(Object.keys((await served("?service=balances")).paths));
    expect(answersOf(part)).toEqual([]);
    for (const query of ["?enums=half", "?enums=", "?enums=OPEN", "?service=balances&enums=x", "?service=x&enums=open"])
      expect(await request("GET", `/api/openapi.json${query}`, {})).toMatchObject({
        status: 400,
        body: { error: { code: "VALIDATION_ERROR" } },
      });
  });
});
