import { refusal } from "../platform/refused.ts";

/** The revisions of a thing that a caller may have seen last; `any` of one that exists. */
export type Revisions = readonly number[] | "any";

/** Refuses, as `PRECONDITION_FAILED`, a change of what is at another revision than the caller has seen. */
export function requireRevision(revisions: Revisions | undefined, revision: number): void {
  if (revisions === undefined || revisions === "any" || revisions.includes(revision)) return;
  throw refusal("PRECONDITION_FAILED", `The resource has the ETag "${revision}", which If-Match does not name.`);
}
