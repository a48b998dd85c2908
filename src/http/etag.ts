import { requireRevision } from "../operation/revision.ts";
import type { RequestContext } from "./request-context.ts";

/** A resource's revision as its entity tag (RFC 9110 §8.8.3). */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** The same for a request: its If-Match against the revision. Without the header nothing is asked. */
export function requireMatch(c: RequestContext, revision: number): void {
  requireRevision(c.req.header("if-match"), revision);
}
