import type { Revisions } from "../operation/revision.ts";

/** A resource's revision as its entity tag (RFC 9110 §8.8.3). */
export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** The revisions that an If-Match header names (RFC 9110 §13.1.1). A tag of another form names none. */
export function revisionsIn(ifMatch: string | undefined): Revisions | undefined {
  if (ifMatch === undefined) return undefined;
  if (ifMatch.trim() === "*") return "any";
  return ifMatch.split(",").map((tag) => {
    const revision = /^\s*(?:W\/)?"(\d{1,16})"\s*$/.exec(tag)?.[1];
    return revision === undefined ? -1 : Number(revision);
  });
}
