import { DurableObject } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { wrongPasswordsLifeMs } from "../kernel/bounds.ts";
import { noWrongPasswords, oneMoreWrong, oneWasRight, type WrongPasswords, waitBeforePassword } from "./back-off.ts";

/** The wrong passwords of one email, known or not. Exact, because there is one of it. */
export class SignInObject extends DurableObject {
  #wrong: WrongPasswords | undefined;

  async #load(): Promise<WrongPasswords> {
    this.#wrong ??= (await this.ctx.storage.get<WrongPasswords>("wrong")) ?? noWrongPasswords;
    return this.#wrong;
  }

  async #store(wrong: WrongPasswords): Promise<void> {
    this.#wrong = wrong;
    await this.ctx.storage.put("wrong", wrong);
  }

  /**
   * Whether a password may be checked: 0, or the milliseconds to wait. It is counted as wrong beforehand and taken back when it was right,
   * so that many guesses at once are no more guesses than one after the other.
   */
  async begin(): Promise<number> {
    const wrong = await this.#load();
    const nowMs = Date.now();
    const waitMs = waitBeforePassword(wrong, nowMs);
    if (waitMs > 0) return waitMs;
    await this.#store(oneMoreWrong(wrong, nowMs));
    await this.ctx.storage.setAlarm(nowMs + wrongPasswordsLifeMs);
    return 0;
  }

  /** The password was right. `alone`: no other user has this email, so that all that were wrong are forgiven. */
  async succeed(alone: boolean): Promise<void> {
    const wrong = alone ? noWrongPasswords : oneWasRight(await this.#load());
    if (wrong.count > 0) return this.#store(wrong);
    await this.#forget();
  }

  /** None has come for a day. */
  override async alarm(): Promise<void> {
    if (Date.now() - (await this.#load()).lastMs >= wrongPasswordsLifeMs) await this.#forget();
  }

  async #forget(): Promise<void> {
    this.#wrong = noWrongPasswords;
    await this.ctx.storage.deleteAll();
  }
}

/** The object of an email, whose name does not reveal the email. */
export function signInsOf(env: Cloudflare.Env, email: string) {
  return env.SIGN_INS.getByName(createHash("sha256").update(email).digest("base64url"));
}
