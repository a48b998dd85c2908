import { DurableObject } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { signInRowsMax, wrongPasswordsLifeMs } from "../kernel/bounds.ts";
import { clockAskedAgainMs, isClockDoubtedNow } from "../platform/clock-doubt.ts";
import {
  countedFromNow,
  dayFromNow,
  noStrangers,
  noWrongPasswords,
  oneMoreStranger,
  oneMoreWrong,
  oneWasRight,
  type StrangersDay,
  someWereRight,
  strangersOfEarlierBuild,
  type WrongPasswords,
  waitBeforePassword,
  waitForStrangers,
} from "./back-off.ts";

/**
 * Whom wrong passwords are counted against: who shows no device, by the network (and all of them together by day), a device that has signed in before,
 * or a user whose session asks.
 */
export interface Guesser {
  readonly kind: "address" | "device" | "user";
  readonly name: string;
}

/** An edge of an earlier build does not say who asks. */
const unnamed: Guesser = { kind: "address", name: "" };

/** Where the day's count of strangers is stored among the guessers' rows. */
const day = { kind: "day", name: "" } as const;

type Row = { count: number; last_ms: number; locked_until_ms: number };
type RowName = { readonly kind: Guesser["kind"] | "day"; readonly name: string };

/** The wrong passwords of one email, known or not. Exact, because there is one of it. At most a thousand rows. */
export class SignInObject extends DurableObject {
  #isPrepared = false;

  /**
   * Whether a password may be checked: 0, or the milliseconds to wait. It is counted as wrong beforehand and taken back when it was right,
   * so that many guesses at once are no more guesses than one after the other.
   */
  async begin(guesser: Guesser = unnamed): Promise<number> {
    const nowMs = Date.now();
    const waitMs = this.ctx.storage.transactionSync(() => this.#begin(guesser, nowMs));
    if (waitMs === 0) await this.ctx.storage.setAlarm(nowMs + wrongPasswordsLifeMs);
    return waitMs;
  }

  #begin(guesser: Guesser, nowMs: number): number {
    this.#prepare(nowMs);
    const wrong = this.#wrongOf(guesser, nowMs);
    const strangers = guesser.kind === "address" ? this.#strangers(nowMs) : undefined;
    const waitMs = Math.max(
      waitBeforePassword(wrong ?? noWrongPasswords, nowMs),
      strangers === undefined ? 0 : waitForStrangers(strangers, nowMs),
    );
    if (waitMs > 0) return waitMs;
    if (wrong === undefined) this.#makeRoom(nowMs);
    this.#storeWrong(guesser, oneMoreWrong(wrong ?? noWrongPasswords, nowMs));
    if (strangers !== undefined) this.#storeStrangers(oneMoreStranger(strangers, nowMs));
    return 0;
  }

  /** The password was right. `forgives`: nobody else can have given it, so that all that were wrong of this guesser are forgiven. */
  async succeed(forgives: boolean, guesser: Guesser = unnamed): Promise<void> {
    const nowMs = Date.now();
    const isEmpty = this.ctx.storage.transactionSync(() => {
      this.#prepare(nowMs);
      const wrong = this.#wrongOf(guesser, nowMs) ?? noWrongPasswords;
      const left = forgives ? noWrongPasswords : oneWasRight(wrong);
      this.#storeWrong(guesser, left);
      if (guesser.kind === "address") this.#storeStrangers(someWereRight(this.#strangers(nowMs), wrong.count - left.count));
      return this.#rows() === 0;
    });
    if (isEmpty) await this.#forget();
  }

  /** None has come for a day. */
  override async alarm(): Promise<void> {
    const nowMs = Date.now();
    // By a clock that has leapt ahead all would be forgotten.
    if (await isClockDoubtedNow(this.env)) return this.ctx.storage.setAlarm(nowMs + clockAskedAgainMs);
    const lastMs = this.ctx.storage.transactionSync(() => {
      this.#prepare(nowMs);
      this.#deleteForgotten(nowMs);
      return this.ctx.storage.sql.exec<{ last_ms: number | null }>("SELECT max(last_ms) AS last_ms FROM guessers").one().last_ms;
    });
    if (lastMs === null) return this.#forget();
    await this.ctx.storage.setAlarm(lastMs + wrongPasswordsLifeMs);
  }

  async #forget(): Promise<void> {
    this.#isPrepared = false;
    await this.ctx.storage.deleteAll();
  }

  #prepare(nowMs: number): void {
    if (this.#isPrepared) return;
    const { sql, kv } = this.ctx.storage;
    sql.exec(
      `CREATE TABLE IF NOT EXISTS guessers (kind TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL, last_ms INTEGER NOT NULL,
        locked_until_ms INTEGER NOT NULL, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID`,
    );
    // What an earlier build counted of the email as a whole, whoever guessed.
    const ofEmail = kv.get<WrongPasswords>("wrong");
    if (ofEmail !== undefined) {
      this.#storeStrangers(strangersOfEarlierBuild(ofEmail, nowMs));
      kv.delete("wrong");
    }
    this.#isPrepared = true;
  }

  #wrongOf(guesser: Guesser, nowMs: number): WrongPasswords | undefined {
    const row = this.#find(guesser);
    if (row === undefined) return undefined;
    const stored = { count: row.count, lastMs: row.last_ms, lockedUntilMs: row.locked_until_ms };
    const wrong = countedFromNow(stored, nowMs);
    if (wrong !== stored) this.#storeWrong(guesser, wrong);
    return wrong;
  }

  #strangers(nowMs: number): StrangersDay {
    const row = this.#find(day);
    if (row === undefined) return noStrangers;
    const stored = { count: row.count, startMs: row.last_ms };
    const strangers = dayFromNow(stored, nowMs);
    if (strangers !== stored) this.#storeStrangers(strangers);
    return strangers;
  }

  #storeWrong(guesser: Guesser, { count, lastMs, lockedUntilMs }: WrongPasswords): void {
    this.#store(guesser, { count, last_ms: lastMs, locked_until_ms: lockedUntilMs });
  }

  #storeStrangers({ count, startMs }: StrangersDay): void {
    this.#store(day, { count, last_ms: startMs, locked_until_ms: 0 });
  }

  #find({ kind, name }: RowName): Row | undefined {
    const found = this.ctx.storage.sql.exec<Row>(
      "SELECT count, last_ms, locked_until_ms FROM guessers WHERE kind = ? AND name = ?",
      kind,
      name,
    );
    return found.toArray()[0];
  }

  #store({ kind, name }: RowName, { count, last_ms, locked_until_ms }: Row): void {
    const { sql } = this.ctx.storage;
    if (count === 0) sql.exec("DELETE FROM guessers WHERE kind = ? AND name = ?", kind, name);
    else sql.exec("INSERT OR REPLACE INTO guessers VALUES (?, ?, ?, ?, ?)", kind, name, count, last_ms, locked_until_ms);
  }

  #rows(): number {
    return this.ctx.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM guessers").one().n;
  }

  /** For a row and, at the most, the day's: first goes what is forgotten anyway, then whoever waits for nothing and has guessed least. */
  #makeRoom(nowMs: number): void {
    this.#deleteForgotten(nowMs);
    const tooMany = this.#rows() + 2 - signInRowsMax;
    if (tooMany <= 0) return;
    this.ctx.storage.sql.exec(
      `DELETE FROM guessers WHERE (kind, name) IN (
        SELECT kind, name FROM guessers WHERE kind <> 'day' ORDER BY locked_until_ms > ?, count, last_ms LIMIT ?)`,
      nowMs,
      tooMany,
    );
  }

  #deleteForgotten(nowMs: number): void {
    this.ctx.storage.sql.exec("DELETE FROM guessers WHERE last_ms <= ?", nowMs - wrongPasswordsLifeMs);
  }
}

/** The object of an email, whose name does not reveal the email. */
export function signInsOf(env: Cloudflare.Env, email: string) {
  return env.SIGN_INS.getByName(createHash("sha256").update(email).digest("base64url"));
}
