import { Earlier, type Generation, NeedsEarlier, type Question } from "../state/earlier.ts";
import type { StoredState } from "../state/stored-state.ts";
import { AnswerCache } from "./answer-cache.ts";
import type { GenerationRpc } from "./generation-rpc.ts";

/** How often one call starts again with what earlier generations have. A few times is usual; each time there is more at hand. */
const turnsMax = 1_000;
/** Questions to another generation, in the face of its restart. */
const attemptsMax = 3;

/** Does what reads the state without waiting, and fetches what of it earlier generations have. */
export class WithEarlier {
  readonly #stateNow: () => StoredState;
  readonly #objectOf: (generation: Generation) => GenerationRpc;
  /** What was answered last, by question. */
  readonly #answers = new AnswerCache();

  constructor(stateNow: () => StoredState, objectOf: (generation: Generation) => GenerationRpc) {
    this.#stateNow = stateNow;
    this.#objectOf = objectOf;
  }

  /**
   * Where the work needs what an earlier generation has, that is asked for, and all of it is done again from its start: it has written nothing.
   * `more`: the sequences of those that it will need besides.
   */
  do<T>(work: () => T, more: () => readonly number[] = () => []): T | Promise<T> {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof NeedsEarlier)) throw error;
      return this.#again(new NeedsEarlier(error.asked, [...error.sequences, ...more()]), work);
    }
  }

  async #again<T>(first: NeedsEarlier, work: () => T): Promise<T> {
    const answers = new Earlier(this.#stateNow().earlier.generations);
    let needs = first;
    for (let turn = 0; turn < turnsMax; turn++) {
      await answers.fetch(needs, (generation, question) => this.#ask(generation, question));
      const state = this.#stateNow();
      const { earlier } = state;
      state.earlier = answers;
      try {
        return work();
      } catch (error) {
        if (!(error instanceof NeedsEarlier)) throw error;
        needs = error;
      } finally {
        state.earlier = earlier;
      }
    }
    throw new Error("assertion failed: what earlier generations have comes to an end");
  }

  async #ask(generation: Generation, question: Question): Promise<string> {
    const text = JSON.stringify(question);
    const key = `${generation.generation} ${text}`;
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = await askAgain(() => this.#objectOf(generation).earlier(text));
    // What was answered to a key depends on the time.
    if (question.kind !== "replay") this.#answers.store(key, answer);
    return answer;
  }
}

/** Repeats a question that the platform says may be repeated. */
async function askAgain<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error as { readonly retryable?: boolean }).retryable || attempt === attemptsMax) throw error;
      await scheduler.wait(20 * 2 ** attempt);
    }
  }
}
