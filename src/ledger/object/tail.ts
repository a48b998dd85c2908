import { type DayNumber, parseDay } from "../../kernel/calendar-date.ts";
import { type EntryPosted, entryAmount } from "../domain/fact.ts";
import { sourceText } from "../domain/state.ts";

export interface TailLine {
  readonly day: DayNumber;
  readonly seq: number;
  readonly no: number;
  readonly amount: number;
}

export interface TailEntry {
  readonly seq: number;
  readonly day: DayNumber;
  readonly amount: number;
}

/** The posted entries that the index tables do not have yet. */
export class Tail {
  readonly entries: TailEntry[] = [];
  readonly lines = new Map<number, TailLine[]>();
  /** Hash of an external id, source or reference → sequences. */
  readonly terms = new Map<number, number[]>();
  lineCount = 0;
  bytes = 0;

  add(seq: number, fact: EntryPosted, bytes: number): void {
    const day = parseDay(fact.date);
    if (day === undefined) throw new Error("assertion failed: a posted date exists");
    for (let i = 0; i < fact.lines.length; i++) {
      const line = fact.lines[i];
      if (line === undefined) continue;
      const of = this.lines.get(line.account);
      const tailLine = { day, seq, no: i + 1, amount: line.amount };
      if (of === undefined) this.lines.set(line.account, [tailLine]);
      else of.push(tailLine);
    }
    this.lineCount += fact.lines.length;
    this.bytes += bytes;
    this.entries.push({ seq, day, amount: Math.min(entryAmount(fact), Number.MAX_SAFE_INTEGER) });
    if (fact.externalId !== null) this.#addTerm(externalIdTerm(fact.externalId), seq);
    if (fact.source !== null) {
      this.#addTerm(termHash(`s${sourceText(fact.source)}`), seq);
      this.#addTerm(sourceTypeTerm(fact.source.type), seq);
    }
    if (fact.reference !== null) this.#addTerm(referenceTerm(fact.reference), seq);
  }

  #addTerm(hash: number, seq: number): void {
    const of = this.terms.get(hash);
    if (of === undefined) this.terms.set(hash, [seq]);
    else of.push(seq);
  }
}

export function externalIdTerm(externalId: string): number {
  return termHash(`x${externalId}`);
}

export function referenceTerm(reference: string): number {
  return termHash(`r${reference}`);
}

export function sourceTypeTerm(type: string): number {
  return termHash(`t${type}`);
}

/**
 * 52 bits of two 32-bit multiplicative mixes over the text's code units, each fed with all of it. Not cryptographic and it need not be:
 * a hit is confirmed in the journal.
 */
export function termHash(text: string): number {
  let low = 0x9e3779b1;
  let high = 0x85ebca77;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x27d4eb2f);
    high = Math.imul(high ^ unit, 0x165667b1);
    low ^= low >>> 15;
    high ^= high >>> 13;
  }
  low = Math.imul(low ^ (high >>> 16), 0x2c1b3c6d);
  high = Math.imul(high ^ (low >>> 15), 0x297a2d39);
  low ^= low >>> 16;
  high ^= high >>> 15;
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}
