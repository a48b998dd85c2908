import { apiRoutes, apiTags } from "../../src/app.ts";
import { canonicalPath } from "../../src/http/aliases.ts";
import { documentRefusals } from "../../src/http/document/refusals.ts";

interface DocumentedPath {
  readonly operationId: string;
  readonly method: string;
  readonly pattern: RegExp;
  readonly parameters: number;
  /** By status. */
  readonly codes: Readonly<Record<string, readonly string[]>>;
}

/** Every path of every operation; of several that match, the one with the fewest parameters is meant, and stands first. */
const paths: readonly DocumentedPath[] = apiRoutes
  .flatMap(({ definition }) => {
    const codes = documentRefusals(definition, apiTags)["x-error-codes"];
    return [definition.path, ...(definition.alsoAt ?? [])].map((path) => ({
      operationId: definition.operationId,
      method: definition.method.toUpperCase(),
      pattern: new RegExp(`^/api/v1${path.replace(/\{\w+\}/g, "[^/]+")}$`),
      parameters: path.split("{").length - 1,
      codes,
    }));
  })
  .sort((one, other) => one.parameters - other.parameters);

/** Answers of any path, which no operation lists. */
const ofAnyPath: readonly unknown[] = ["ROUTE_NOT_FOUND", "METHOD_NOT_ALLOWED"];

/** Throws where an operation refuses with a code that the document does not list for it: clients learn from there what they may meet. */
export function checkRefusalIsDocumented(method: string, url: string, status: number, code: unknown): void {
  // A 500 is a fault, not a refusal: the test that meets it says what it expects.
  if (status < 400 || status === 500 || typeof code !== "string" || ofAnyPath.includes(code)) return;
  const { path, siteId, entityId } = canonicalPath(new URL(url, "https://countinghouse.test").pathname);
  // The document shows most operations without prefixes, so it does not say that what a prefix names may be missing.
  if (code === "NOT_FOUND" && (siteId !== undefined || entityId !== undefined)) return;
  const operation = paths.find((known) => known.method === method && known.pattern.test(path));
  if (operation === undefined || operation.codes[status]?.includes(code)) return;
  throw new Error(`${operation.operationId} answered ${status} ${code}, which is not among its refusals (${method} ${url})`);
}
