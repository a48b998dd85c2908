import { failureKinds } from "../../../src/kernel/failures.ts";
import type { Answer } from "../site.ts";
import type { ApiDocument, Operation } from "./api-document.ts";

/** Of these only some answers of a status can speak. */
const notOnEveryAnswer = new Set(["X-Idempotent-Replayed", "Content-Disposition"]);
/** Where it reads what can be changed only for a while: a posted entry has no tag. */
const oftenUntagged = new Set(["getEntry"]);
const ofKeys = /^(?:X-RateLimit-|RateLimit-)/;

/** In what an answer differs from what the document declares of its operation. */
export function differencesFrom(
  document: ApiDocument,
  operation: Operation,
  answer: Answer,
  { keyIsGood, isHead = false }: { readonly keyIsGood: boolean; readonly isHead?: boolean },
): string[] {
  const found: string[] = [];
  const requestId = answer.headers.get("x-request-id");
  if (!requestId?.startsWith("req_")) found.push("it has no X-Request-Id");
  if (answer.status >= 500) found.push("it is a fault of the server's");
  const declared = answer.status >= 500 ? undefined : operation.answers[answer.status];
  if (declared === undefined) return [...found, `the status ${answer.status} is not declared`];
  for (const name of Object.keys(declared.headers ?? {})) {
    if (name === "ETag" && oftenUntagged.has(operation.operationId)) continue;
    if (notOnEveryAnswer.has(name) || (ofKeys.test(name) && !keyIsGood)) continue;
    if (!answer.headers.has(name)) found.push(`it has no ${name}, which is declared`);
  }
  if (isHead) return answer.text === "" ? found : [...found, "an answer to HEAD has a body"];
  if (declared.content === undefined) return answer.text === "" ? found : [...found, "it has a body, and none is declared"];
  const mediaType = answer.headers.get("content-type")?.split(";")[0]?.trim() ?? "none";
  const content = declared.content[mediaType];
  if (content === undefined) return [...found, `the media type ${mediaType} is not declared`];
  if (!mediaType.endsWith("json") || content.schema === undefined) return found;
  if (answer.body === undefined) return [...found, "its body is not JSON"];
  const difference = document.differenceOf(content.schema, answer.body);
  if (difference !== undefined) found.push(`its body is not as declared: ${difference}`);
  if (answer.status >= 400) {
    const { code, requestId: inBody } = (mediaType === "application/problem+json" ? answer.body : answer.body.error) ?? {};
    if (inBody !== requestId) found.push("its body names another request");
    if (!codesOf(declared.description).has(code)) found.push(`the code ${code} is not declared for ${answer.status}`);
    if (!operation.codes[answer.status]?.includes(code)) found.push(`the code ${code} is not among the operation's of ${answer.status}`);
  }
  return found;
}

/** The codes that the document has for a status: each begins a paragraph. */
function codesOf(description: string): ReadonlySet<string> {
  return new Set([...description.matchAll(/^`([A-Z_]+)`:/gm)].map(([, code]) => code ?? "").filter((code) => code in failureKinds));
}
