import { clockAskedAgainMs } from "../../platform/clock-doubt.ts";
import { logFor } from "../../platform/log.ts";

/** Something that the object has to do by itself at some time. */
export interface Duty {
  readonly name: string;
  /** When it is due, in Unix milliseconds, 0 for at once; undefined where there is nothing to do. Follows from what is stored, so that it outlives the object. */
  readonly dueAtMs: () => number | undefined;
  /** Does as much of it as one turn may take. */
  readonly do: () => void | Promise<void>;
}

/** How long a duty that failed waits, twice as long each time it fails again. */
const backOffMs = 5_000;
const backOffMaxMs = 3_600_000;

/** The platform sets no alarm after the year 2189, and a hold may end later. What is due after this is looked at again by then. */
const alarmAheadMaxMs = 30 * 86_400_000;

interface Failed {
  readonly times: number;
  readonly untilMs: number;
}

/**
 * All that the object does by itself goes through its one alarm. Each duty is caught by itself: one that fails is logged and due again after a while,
 * and the others are done all the same.
 */
export class Duties {
  readonly #storage: Pick<DurableObjectStorage, "getAlarm" | "setAlarm" | "deleteAlarm">;
  readonly #name: () => string;
  readonly #duties: readonly Duty[];
  readonly #failed = new Map<Duty, Failed>();
  #alarmAtMs: number | undefined;
  /** The latest that the clock has shown. */
  #seenMs = 0;

  /** `name`: whom a failure is logged of. */
  constructor(storage: Pick<DurableObjectStorage, "getAlarm" | "setAlarm" | "deleteAlarm">, name: () => string, duties: readonly Duty[]) {
    this.#storage = storage;
    this.#name = name;
    this.#duties = duties;
  }

  /**
   * Before the first `wakeBy`: an alarm outlives the object, and one that is not known of would be set later than it stands. One that was set by a clock
   * that was ahead would ring far too late, so that it is compared with what is due.
   */
  async load(): Promise<void> {
    this.#alarmAtMs = (await this.#storage.getAlarm()) ?? undefined;
    this.#wakeForDue();
  }

  /** With every call to the object: where the clock has gone back, alarm and waits were set by one that was ahead. */
  noticeClock(): void {
    const nowMs = Date.now();
    if (nowMs < this.#seenMs) {
      this.#failed.clear();
      this.#wakeForDue();
    }
    this.#seenMs = nowMs;
  }

  /** In place of what the alarm rings for: it rings again after a while. */
  postpone(): void {
    this.#alarmAtMs = undefined;
    this.wakeBy(Date.now() + clockAskedAgainMs);
  }

  #wakeForDue(): void {
    for (const duty of this.#duties) {
      const nextMs = this.#nextMs(duty);
      if (nextMs !== undefined) this.wakeBy(Math.max(nextMs, Date.now()));
    }
  }

  /** Has the alarm ring at a time at the latest: it is never moved later. Nobody else calls setAlarm. */
  wakeBy(dueAtMs: number): void {
    const atMs = Math.min(dueAtMs, Date.now() + alarmAheadMaxMs);
    if (this.#alarmAtMs !== undefined && this.#alarmAtMs <= atMs) return;
    this.#alarmAtMs = atMs;
    this.#storage.setAlarm(atMs);
  }

  /** Drops the alarm: nothing is due any more. */
  drop(): void {
    this.#alarmAtMs = undefined;
    this.#storage.deleteAlarm();
  }

  /** Does what is due when the alarm rings. Never throws: an alarm that throws six times is dropped for good. */
  async ring(): Promise<void> {
    this.#alarmAtMs = undefined;
    for (const duty of this.#duties) if ((this.#nextMs(duty) ?? Number.POSITIVE_INFINITY) <= Date.now()) await this.#done(duty);
    this.#wakeForDue();
  }

  async #done(duty: Duty): Promise<void> {
    try {
      await duty.do();
      this.#failed.delete(duty);
    } catch (error) {
      this.#hasFailed(duty, error);
    }
  }

  #nextMs(duty: Duty): number | undefined {
    const untilMs = this.#failed.get(duty)?.untilMs ?? 0;
    try {
      const dueAtMs = duty.dueAtMs();
      return dueAtMs === undefined ? undefined : Math.max(dueAtMs, untilMs);
    } catch (error) {
      return untilMs > Date.now() ? untilMs : this.#hasFailed(duty, error);
    }
  }

  /** Returns when it is tried again. */
  #hasFailed(duty: Duty, error: unknown): number {
    logFor(this.#name()).error("ledger_alarm", error, { duty: duty.name });
    const times = (this.#failed.get(duty)?.times ?? 0) + 1;
    const untilMs = Date.now() + Math.min(backOffMs * 2 ** (times - 1), backOffMaxMs);
    this.#failed.set(duty, { times, untilMs });
    return untilMs;
  }
}
