/** What a generation knows of those before it, and how it asks them. Their logs are sealed: what one has answered stays true. */
import type { DayNumber } from "../../../kernel/calendar-date.ts";
import type { EarlierRow } from "../../domain/fact.ts";
import type { DescribedOutcome, EntriesQuery, HoldsQuery, LinesFilter, LinesQuery } from "../../rpc.ts";
import type { Key } from "../index/sorted-source.ts";
import { type JournalRow, rowOfEarlier } from "../log/journal.ts";
import type { Count } from "./counts.ts";
import type { DraftRow, HoldRow } from "./unposted.ts";

/** A generation before the present one. */
export interface Generation {
  /** Counted from 0. */
  readonly generation: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** The seal of its last commit. */
  readonly seal: string;
  /** The id of its object. */
  readonly object: string;
}

/** A place in a list of entries or holds. */
export interface ListPosition {
  readonly day: number;
  readonly seq: number;
  readonly isDraft?: true;
}

export interface PositionsPage {
  readonly places: readonly ListPosition[];
  readonly count: Count;
}

export interface KeysPage {
  readonly keys: readonly Key[];
  readonly count: Count;
}

/** Lines of some days, as known at a sequence. */
export type LinesNarrowed = Omit<LinesFilter, "accountId">;

/** What one generation knows of a sequence: its row, and what became of it there. */
export interface EarlierFact {
  readonly seq: number;
  readonly row: EarlierRow | null;
  readonly reversal: { readonly seq: number; readonly void: number } | null;
  readonly references: readonly (readonly [seq: number, reference: string])[];
  /** Where it had its last state there. */
  readonly draft: DraftRow | null;
  readonly hold: HoldRow | null;
}

/** Sums by account and side: [account, debits, credits]. */
export type SumRows = readonly (readonly [account: number, debits: string, credits: string])[];

/** Questions to a generation, each with the form of its answer. `null`: no bound, or all accounts. */
export interface Questions {
  readonly facts: { readonly ask: { readonly sequences: readonly number[] }; readonly answer: readonly EarlierFact[] };
  /** Sums at the end of each day, see `ownSums`. */
  readonly sums: {
    readonly ask: { readonly days: readonly (DayNumber | null)[]; readonly knownAt: number; readonly accounts: readonly number[] | null };
    readonly answer: readonly SumRows[];
  };
  readonly turnover_by_day: {
    readonly ask: { readonly account: number; readonly from: DayNumber; readonly to: DayNumber; readonly knownAt: number };
    readonly answer: readonly (readonly [day: DayNumber, debits: string, credits: string])[];
  };
  /** The sum of an account's lines on a day up to a place in the order of the day. */
  readonly amount_before: {
    readonly ask: { readonly account: number; readonly day: DayNumber; readonly key: Key; readonly knownAt: number };
    readonly answer: string;
  };
  /** The first lines of accounts one after the other, oldest first. */
  readonly account_lines: {
    readonly ask: {
      readonly accounts: readonly number[];
      /** In the first of them: what comes after this key. */
      readonly after: Key | null;
      readonly startDate: string;
      readonly endDate: string;
      readonly knownAt: number;
      readonly wanted: number;
    };
    readonly answer: readonly (readonly [account: number, place: number, item: number, amount: number])[];
  };
  readonly line_count: {
    readonly ask: { readonly account: number | null; readonly query: LinesNarrowed; readonly countMax: number };
    readonly answer: Count;
  };
  readonly line_keys: {
    readonly ask: { readonly account: number | null; readonly query: LinesQuery };
    readonly answer: KeysPage;
  };
  readonly entry_places: {
    readonly ask: {
      readonly account: number | null;
      readonly query: EntriesQuery;
      /** Its entries that later generations have reversed: [sequence, 1 where it is a void]. */
      readonly reversed: readonly (readonly [original: number, isVoid: number])[];
    };
    readonly answer: PositionsPage;
  };
  readonly hold_places: { readonly ask: { readonly account: number | null; readonly query: HoldsQuery }; readonly answer: PositionsPage };
  /** Reversals, in that generation, of entries of a stretch of earlier sequences. */
  readonly reversals: {
    readonly ask: { readonly from: number; readonly to: number };
    readonly answer: readonly (readonly [original: number, isVoid: number])[];
  };
  readonly pending: {
    readonly ask: { readonly account: number; readonly knownAt: number };
    readonly answer: { readonly debits: number; readonly credits: number };
  };
  /**
   * The answer that was given under an idempotency key; null where there is none that lives. Without the time, which whoever is asked has itself:
   * what is another question each time would never be at hand.
   */
  readonly replay: {
    /** `keptFromMs`: the keys from then on live after a gap. */
    readonly ask: { readonly key: string; readonly fingerprint: string; readonly keptFromMs?: number };
    readonly answer: DescribedOutcome | null;
  };
}

export type QuestionKind = keyof Questions;
export type Question<K extends QuestionKind = QuestionKind> = { readonly [Of in K]: { readonly kind: Of } & Questions[Of]["ask"] }[K];
export type AnswerTo<K extends QuestionKind> = Questions[K]["answer"];

export interface Asked<K extends QuestionKind = QuestionKind> {
  readonly generation: Generation;
  readonly question: Question<K>;
}

/** Thrown by what reads the state without waiting, where it needs what an earlier generation has: it is fetched, and all is done again from its start. */
export class NeedsEarlier extends Error {
  readonly asked: readonly Asked[];
  readonly sequences: readonly number[];

  constructor(asked: readonly Asked[], sequences: readonly number[]) {
    super("an earlier generation has to be asked");
    this.name = "NeedsEarlier";
    this.asked = asked;
    this.sequences = sequences;
  }
}

/** How a generation's object answers a question: JSON. */
export type AskOf = (generation: Generation, question: Question) => Promise<string>;

/** Sequences in one question. */
const factsAtOnce = 500;
/** What describes an entry names others, which name others: reversal, draft, its last version. */
const roundsMax = 5;

/** The generations before this one, and what they have answered so far. */
export class Earlier {
  readonly generations: readonly Generation[];
  readonly #answers = new Map<string, unknown>();
  readonly #facts = new Map<number, EarlierFact>();

  constructor(generations: readonly Generation[]) {
    this.generations = generations;
  }

  /** What each of the generations answers to a question of its own. */
  ask<K extends QuestionKind>(generations: readonly Generation[], questionTo: (generation: Generation) => Question<K>): AnswerTo<K>[] {
    const asked = generations.map((generation): Asked<K> => ({ generation, question: questionTo(generation) }));
    const missing = asked.filter((one) => !this.#answers.has(keyOf(one)));
    if (missing.length > 0) throw new NeedsEarlier(missing, []);
    // Kept under the question, whose kind says the answer's form.
    return asked.map((one) => this.#answers.get(keyOf(one)) as AnswerTo<K>);
  }

  /** Has what is known of all of these sequences at hand, with one question to each generation. */
  prepare(sequences: Iterable<number>): void {
    const missing: number[] = [];
    for (const seq of sequences) if (this.#isEarlier(seq) && !this.#facts.has(seq)) missing.push(seq);
    if (missing.length > 0) throw new NeedsEarlier([], missing);
  }

  /** What is known of a sequence; undefined where no earlier generation has it. */
  fact(seq: number): EarlierFact | undefined {
    if (!this.#isEarlier(seq)) return undefined;
    this.prepare([seq]);
    return this.#facts.get(seq);
  }

  row(seq: number): JournalRow | undefined {
    const row = this.fact(seq)?.row;
    return row ? rowOfEarlier(row) : undefined;
  }

  #isEarlier(seq: number): boolean {
    const last = this.generations.at(-1);
    return last !== undefined && seq >= 1 && seq <= last.lastSequence;
  }

  /** Asks what is needed. */
  async fetch(needs: NeedsEarlier, askOf: AskOf): Promise<void> {
    await Promise.all(
      needs.asked.map(async (asked) => {
        this.#answers.set(keyOf(asked), JSON.parse(await askOf(asked.generation, asked.question)));
      }),
    );
    let wanted = new Set(needs.sequences);
    for (let round = 0; wanted.size > 0 && round < roundsMax; round++) {
      const sequences = [...wanted];
      for (let i = 0; i < sequences.length; i += factsAtOnce) await this.#fetchFacts(sequences.slice(i, i + factsAtOnce), askOf);
      const related = new Set<number>();
      for (const seq of sequences) for (const other of relatedTo(this.#facts.get(seq))) if (!this.#facts.has(other)) related.add(other);
      wanted = new Set([...related].filter((seq) => this.#isEarlier(seq)));
    }
  }

  async #fetchFacts(sequences: readonly number[], askOf: AskOf): Promise<void> {
    const known = new Map<number, EarlierFact>();
    for (const generation of this.generations) {
      let left = sequences.filter((seq) => seq <= generation.lastSequence);
      while (left.length > 0) {
        const answer = JSON.parse(await askOf(generation, { kind: "facts", sequences: left })) as AnswerTo<"facts">;
        for (const fact of answer) known.set(fact.seq, joined(known.get(fact.seq), fact));
        // An answer ends where it becomes too large.
        left = left.slice(answer.length);
      }
    }
    for (const [seq, fact] of known) this.#facts.set(seq, fact);
  }
}

/** No generation is asked anything. */
export const alone = new Earlier([]);

function keyOf({ generation, question }: Asked): string {
  return `${generation.generation} ${JSON.stringify(question)}`;
}

/** What two generations know, the later one second. */
function joined(before: EarlierFact | undefined, after: EarlierFact): EarlierFact {
  if (before === undefined) return after;
  return {
    seq: after.seq,
    row: before.row ?? after.row,
    reversal: before.reversal ?? after.reversal,
    references: [...before.references, ...after.references],
    draft: after.draft ?? before.draft,
    hold: after.hold ?? before.hold,
  };
}

/** The sequences that are needed to describe one. */
function relatedTo(fact: EarlierFact | undefined): number[] {
  if (fact === undefined) return [];
  const related = [fact.reversal?.seq, fact.draft?.saved, fact.draft?.content, fact.draft?.entry, fact.hold?.resolved];
  // Only what names others is looked through for them.
  const body = fact.row?.body ?? "";
  for (const [, seq] of body.slice(0, namesWithin).matchAll(/"(?:reversalOf|hold|draft)":(\d+)/g)) related.push(Number(seq));
  const [, draftSequence] = /"draftId":"[0-9a-f-]{24}([0-9a-f]{12})"/.exec(body) ?? [];
  if (draftSequence !== undefined) related.push(Number.parseInt(draftSequence, 16) % 2 ** 41);
  return related.filter((seq): seq is number => typeof seq === "number");
}

/** A guess that is wrong costs a question more. */
const namesWithin = 100_000;
