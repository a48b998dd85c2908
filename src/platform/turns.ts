/**
 * What requests of one isolate wait for of each other. They look again every few milliseconds: a request with no I/O of its own under way is ended
 * as hung, and a promise that another request was to resolve never is where that one is cut off by its client.
 */

/** How often who waits looks again. The shortest wait there is: measured at 1.1 ms. */
const lookEveryMs = 0;
/** One that has not looked for so long was cut off. */
const waitingLostMs = 1_000;

export function lookAgain(): Promise<void> {
  return scheduler.wait(lookEveryMs);
}

/** Turns at something that only a few requests of an isolate may do at once. */
export class Turns {
  readonly #atOnce: number;
  readonly #waitingMax: number;
  /** A turn that has lasted this long belongs to a request that was cut off, and that will never give it back. */
  readonly #lastsMaxMs: number;
  /** In the order of arrival; the first few have the turn. */
  #queue: { seenMs: number; isRunning: boolean }[] = [];

  constructor(limits: { readonly atOnce: number; readonly waitingMax: number; readonly lastsMaxMs: number }) {
    this.#atOnce = limits.atOnce;
    this.#waitingMax = limits.waitingMax;
    this.#lastsMaxMs = limits.lastsMaxMs;
  }

  /** Does the work when its turn has come. Undefined, and nothing done, where too many wait already. */
  async take<T>(work: () => Promise<T>): Promise<{ readonly done: T } | undefined> {
    this.#dropLost();
    if (this.#queue.length >= this.#atOnce + this.#waitingMax) return undefined;
    const mine = { seenMs: Date.now(), isRunning: false };
    this.#queue.push(mine);
    try {
      // One that was dropped by mistake, after a standstill, goes ahead.
      while (this.#queue.indexOf(mine) >= this.#atOnce) {
        await lookAgain();
        mine.seenMs = Date.now();
        this.#dropLost();
      }
      mine.seenMs = Date.now();
      mine.isRunning = true;
      return { done: await work() };
    } finally {
      this.#queue = this.#queue.filter((other) => other !== mine);
    }
  }

  #dropLost(): void {
    const now = Date.now();
    // Either way: what was seen by a clock that was ahead would never be lost.
    this.#queue = this.#queue.filter(({ seenMs, isRunning }) => Math.abs(now - seenMs) < (isRunning ? this.#lastsMaxMs : waitingLostMs));
  }
}
