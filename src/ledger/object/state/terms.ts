/** The texts by which an entry, a hold or a group of holds is looked up, hashed. The letter before each says which it is. */
import { sourceText } from "../../domain/state.ts";
import type { Source } from "../../rpc.ts";
import { type TermKey, termHash } from "../index/term-hash.ts";

export function externalIdTerm(key: TermKey, externalId: string): number {
  return termHash(key, `x${externalId}`);
}

export function sourceTerm(key: TermKey, source: Source): number {
  return termHash(key, `s${sourceText(source)}`);
}

export function referenceTerm(key: TermKey, reference: string): number {
  return termHash(key, `r${reference}`);
}

export function sourceTypeTerm(key: TermKey, type: string): number {
  return termHash(key, `t${type}`);
}

/** The end of a group of holds. */
export function groupTerm(key: TermKey, groupId: string): number {
  return termHash(key, `g${groupId}`);
}
