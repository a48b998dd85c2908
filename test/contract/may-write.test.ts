import { expect, test } from "vitest";
import { apiRoutes } from "../../src/app.ts";
import { mayWrite } from "../../src/http/may-write.ts";

/** An operation is named by what it does (docs/glossary.md), and these verbs change nothing. */
const readingVerb = /^(?:validate|preview|query|search|check|count|compare|calculate|get|list)[A-Z]/;

test("of the routes that are no GET, exactly those count as reading whose operation changes nothing by its name", () => {
  const definitions = apiRoutes.map(({ definition }) => definition).filter(({ method }) => method !== "get");
  const name = ({ method, path }: { readonly method: string; readonly path: string }) => `${method} ${path}`;
  const reading = definitions.filter(({ operationId }) => readingVerb.test(operationId)).map(name);
  expect(reading).toContain("post /journal-entries/validate");
  expect(definitions.filter(({ method, path }) => !mayWrite(method.toUpperCase(), path)).map(name)).toEqual(reading);
});
