/**
 * The numbers of accounts by ref. V8 looks a string up in a Map by its one internalized form, which it must find again for each string that came over the stub:
 * a twentieth of a bulk write, whose lines name the same accounts again and again. So what was found last is also found by a hash of its characters.
 */
export class RefNumbers {
  readonly #numbers = new Map<string, number>();
  /** By hash: the ref that was found there last, and its number. Their length is a power of two. */
  #lastRefs: string[] = [""];
  #lastNumbers: number[] = [0];

  get(ref: string): number | undefined {
    const slot = this.#slotOf(ref);
    if (this.#lastRefs[slot] === ref) return this.#lastNumbers[slot];
    const no = this.#numbers.get(ref);
    if (no === undefined) return undefined;
    this.#lastRefs[slot] = ref;
    this.#lastNumbers[slot] = no;
    return no;
  }

  set(ref: string, no: number): void {
    this.#numbers.set(ref, no);
    const slots = this.#lastRefs.length;
    if (slots < slotsMax && this.#numbers.size > slots) {
      this.#lastRefs = Array<string>(slots * 4).fill("");
      this.#lastNumbers = Array<number>(slots * 4).fill(0);
    } else this.#forget(ref);
  }

  delete(ref: string): void {
    this.#numbers.delete(ref);
    this.#forget(ref);
  }

  #forget(ref: string): void {
    this.#lastRefs[this.#slotOf(ref)] = "";
  }

  /** FNV-1a. */
  #slotOf(ref: string): number {
    let hash = 0x811c9dc5;
    for (let i = 0; i < ref.length; i++) hash = Math.imul(hash ^ ref.charCodeAt(i), 0x01000193);
    return (hash ^ (hash >>> 15)) & (this.#lastRefs.length - 1);
  }
}

/** More accounts than this are seldom named together. */
const slotsMax = 4 ** 7;
