/** Texts of earlier generations' answers: their logs are sealed, and the same is asked again. */
const lengthMax = 4 * 1024 * 1024;

/** Answers by question. A flood of others empties it at once. */
export class AnswerCache {
  readonly #answers = new Map<string, string>();
  #length = 0;

  get(question: string): string | undefined {
    return this.#answers.get(question);
  }

  store(question: string, answer: string): void {
    const length = question.length + answer.length;
    if (length > lengthMax / 4) return;
    if (this.#length + length > lengthMax) {
      this.#answers.clear();
      this.#length = 0;
    }
    this.#answers.set(question, answer);
    this.#length += length;
  }
}
