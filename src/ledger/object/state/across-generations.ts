import type { AnswerTo, Earlier, Generation, Question, QuestionKind } from "./earlier.ts";

/** What of the books is asked for: as known at a sequence, of the accounts of these numbers, or of all. */
export interface Reach {
  readonly knownAt: number;
  readonly accounts: readonly number[] | undefined;
}

/** `knownThen`: up to where the generation's own log answers. What is known later changes nothing of its answer. */
export type QuestionTo<K extends QuestionKind> = (generation: Generation, knownThen: number) => Question<K>;

/**
 * What the whole ledger has of something: each earlier generation is asked about its own log, and `merge` joins their answers, the first generation's
 * first, with what this one has. Asked are those that may have any: a part of what is known, in whose time one of the accounts was open.
 * There are none in a ledger that was never closed out, where `merge` is given no answers.
 */
export function acrossGenerations<K extends QuestionKind, T>(
  { earlier }: { readonly earlier: Earlier },
  { knownAt, accounts }: Reach,
  ask: QuestionTo<K>,
  merge: (answers: readonly AnswerTo<K>[]) => T,
): T {
  const asked = earlier.generations.filter(
    ({ firstSequence, lastSequence }) => firstSequence <= knownAt && (accounts === undefined || accounts.some((no) => no <= lastSequence)),
  );
  return merge(earlier.ask<K>(asked, (generation) => ask(generation, Math.min(knownAt, generation.lastSequence))));
}
