import { present } from "../../../kernel/assert.ts";

interface Waiting<T> {
  readonly work: () => T | Promise<T>;
  done?: T | Promise<T>;
}

/**
 * Group commit: writes that come while a commit is on its way to the disk wait for its end and are then done in one turn, in the order in which they came,
 * so that the next commit takes all of them to the disk at once. Each waits for the disk by itself, and whoever wakes first does the work of all:
 * nobody waits for another request, which may be cut off. A write that comes while nothing is on its way waits for nothing.
 */
export class GroupCommit<T> {
  readonly #storage: Pick<DurableObjectStorage, "sync">;
  #waiting: Waiting<T>[] = [];

  constructor(storage: Pick<DurableObjectStorage, "sync">) {
    this.#storage = storage;
  }

  /** Does the work, which writes without waiting. A throw of it ends the object, and with it those that wait. */
  async do(work: () => T | Promise<T>): Promise<T> {
    const mine: Waiting<T> = { work };
    this.#waiting.push(mine);
    await this.#storage.sync();
    if (mine.done === undefined) this.doWaiting();
    return present(mine.done, "whoever goes on first does the work of all");
  }

  /** Does now what waits: whoever came before is not to be seen to come after. */
  doWaiting(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const one of waiting) one.done = one.work();
  }
}
