import { refusal } from "../platform/refused.ts";

/** The revisions that an If-Match header allows; undefined where it is absent or `*`. A tag of another form matches nothing. */
export function revisionsAllowed(ifMatch: string | undefined): readonly number[] | undefined {
  if (ifMatch === undefined || ifMatch.trim() === "*") return undefined;
  return ifMatch.split(",").map((tag) => {
    const revision = /^\s*(?:W\/)?"(\d{1,16})"\s*$/.exec(tag)?.[1];
    return revision === undefined ? -1 : Number(revision);
  });
}

/** Refuses, as `PRECONDITION_FAILED`, a change of what is at another revision than If-Match allows. */
export function requireRevision(ifMatch: string | undefined, revision: number): void {
  const allowed = revisionsAllowed(ifMatch);
  if (allowed === undefined || allowed.includes(revision)) return;
  throw refusal("PRECONDITION_FAILED", `The resource has the ETag "${revision}", which If-Match does not name.`);
}
