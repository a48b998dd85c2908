import { DurableObject } from "cloudflare:workers";
import { leaseMs } from "../kernel/bounds.ts";
import { lesserRole } from "../kernel/role.ts";
import { clockAskedAgainMs, isClockDoubtedNow } from "../platform/clock-doubt.ts";
import { type Bucket, fullBucket, leaseSlice, refill, waitForOne } from "./bucket.ts";
import {
  type Authority,
  type Independence,
  isSameHash,
  type LeaseOutcome,
  type NewToken,
  notIndependent,
  type UserStanding,
} from "./token.ts";

interface Stored extends NewToken {
  readonly revokedAtMs: number | null;
  /** Of the user whose standing it received last. */
  readonly userRevision?: number;
}

const noteUseEveryMs = 60_000;

/** One token or session: whether it is good, what it may, and how many requests it has left. Exact, because there is one of it. */
export class AccessObject extends DurableObject {
  #token: Stored | undefined;
  #loaded = false;
  /** Not stored: after an eviction the bucket is full, which errs in the caller's favour by at most one burst. */
  #bucket: Bucket | undefined;
  #notedUseMs = 0;

  async #load(): Promise<Stored | undefined> {
    // An id that nobody made must not leave anything behind: reading does not.
    if (!this.#loaded) {
      const stored = await this.ctx.storage.get<Stored>("token");
      // One that was stored before sites could move does not say these.
      this.#token = stored && { ...stored, site: { ...{ epoch: 1, revision: 0, regionHint: null }, ...stored.site } };
      this.#loaded = true;
    }
    return this.#token;
  }

  async #store(token: Stored): Promise<void> {
    this.#token = token;
    this.#loaded = true;
    await this.ctx.storage.put("token", token);
  }

  /** Makes the token. Made again, it stays as it was first made. */
  async create(token: NewToken): Promise<void> {
    if (await this.#load()) return;
    await this.#store({ ...token, revokedAtMs: null });
    // Sessions come and go by the thousand, so one that has ended by itself leaves nothing behind.
    if (token.session) await this.ctx.storage.setAlarm(token.session.expiresAtMs);
  }

  /** Authority for at most five seconds and a slice of the bucket; one request when the bucket is low. `unused`: what the caller's last lease has left. A key that names another environment than its site's is another key. */
  async lease(secretHash: string | null, unused = 0, environment?: Authority["site"]["environment"]): Promise<LeaseOutcome> {
    const token = await this.#load();
    const nowMs = Date.now();
    if (token === undefined || !isSameHash(token.secretHash, secretHash) || token.revokedAtMs !== null)
      return { ok: false, reason: "unknown" };
    if (environment !== undefined && environment !== token.site.environment) return { ok: false, reason: "unknown" };
    if (token.expiresAtMs !== null && token.expiresAtMs <= nowMs) return { ok: false, reason: "unknown" };
    const before = this.#bucket ?? fullBucket(token.plan, nowMs);
    const bucket = refill({ level: before.level + unused, atMs: before.atMs }, token.plan, nowMs);
    const requests = leaseSlice(bucket);
    this.#bucket = { level: bucket.level - requests, atMs: bucket.atMs };
    if (requests < 1) return { ok: false, reason: "limited", plan: token.plan, retryAfterMs: waitForOne(bucket, token.plan) };
    const noteUse = Math.abs(nowMs - this.#notedUseMs) >= noteUseEveryMs;
    if (noteUse) this.#notedUseMs = nowMs;
    return {
      ok: true,
      lease: {
        authority: authorityOf(token),
        untilMs: Math.min(nowMs + leaseMs, token.expiresAtMs ?? Number.POSITIVE_INFINITY),
        requests,
        remaining: Math.floor(this.#bucket.level),
        noteUse,
      },
    };
  }

  /** Ends the token for good. Leases that are out run at most five seconds more. */
  async revoke(): Promise<void> {
    const token = await this.#load();
    if (token && token.revokedAtMs === null) await this.#store({ ...token, revokedAtMs: Date.now() });
  }

  /**
   * Updates the token with what its user is now, and answers whether it lives. A session gets the user's role, a key none above it; a higher role does not
   * give a key back what a lower one took.
   */
  async follow(user: UserStanding): Promise<boolean> {
    const token = await this.#load();
    if (token === undefined || token.revokedAtMs !== null) return false;
    if ((token.userRevision ?? 0) >= user.revision) return true;
    const { session, role } = token;
    await this.#store({
      ...token,
      role: session ? user.role : lesserRole(role, user.role),
      ...(session ? { session: { ...session, mustChangePassword: user.mustChangePassword } } : {}),
      ...credentialNow(token, user),
      userRevision: user.revision,
    });
    return true;
  }

  /** A session is past its end. */
  override async alarm(): Promise<void> {
    const session = (await this.#load())?.session;
    if (session === undefined) return;
    const nowMs = Date.now();
    // By a clock that has leapt ahead it would be gone for good. One that has gone back rings too early.
    if (await isClockDoubtedNow(this.env)) return this.ctx.storage.setAlarm(nowMs + clockAskedAgainMs);
    if (nowMs < session.expiresAtMs) return this.ctx.storage.setAlarm(session.expiresAtMs);
    await this.ctx.storage.deleteAll();
    this.#token = undefined;
    this.#loaded = true;
  }

  /** Brings the token's end forward, never back. */
  async expireAt(expiresAtMs: number): Promise<void> {
    const token = await this.#load();
    if (token) await this.#store({ ...token, expiresAtMs: Math.min(expiresAtMs, token.expiresAtMs ?? Number.POSITIVE_INFINITY) });
  }

  /** Sets the requests a minute. For the operator of the installation. */
  async setPlan(plan: number): Promise<boolean> {
    const token = await this.#load();
    if (!token) return false;
    await this.#store({ ...token, plan });
    this.#bucket = undefined;
    return true;
  }

  /**
   * Sets whether the key is independent, unless `revisions` are given and do not name the present one. Answers whether it is so then, and what it is; undefined
   * for a token that nobody made. Set again to the same, it stays as it was first set.
   */
  async setIndependence(
    setBy: string | null,
    revisions?: readonly number[],
  ): Promise<{ readonly isSet: boolean; readonly independence: Independence } | undefined> {
    const token = await this.#load();
    if (token === undefined) return undefined;
    const before = token.independence ?? notIndependent;
    if (revisions !== undefined && !revisions.includes(before.revision)) return { isSet: false, independence: before };
    if ((before.setBy === null) === (setBy === null)) return { isSet: true, independence: before };
    const independence = { setBy, setAtMs: setBy === null ? null : Date.now(), revision: before.revision + 1 };
    await this.#store({ ...token, independence });
    return { isSet: true, independence };
  }

  /** Who else set the password by which one of its holders signs in. */
  async credentialSetBy(): Promise<readonly string[]> {
    return (await this.#load())?.credentialSetBy ?? [];
  }

  /** Requests a minute; null for a token that nobody made. */
  async plan(): Promise<number | null> {
    return (await this.#load())?.plan ?? null;
  }

  /** Gives the token its site as it is now: its origins or its database have changed. Of two changes that overlap, the later one stays. */
  async setSite(site: Authority["site"]): Promise<void> {
    const token = await this.#load();
    if (token && !isLater(token.site, site)) await this.#store({ ...token, site });
  }
}

/** Both numbers of a site's row only grow. */
function isLater(a: Authority["site"], b: Authority["site"]): boolean {
  return a.epoch > b.epoch || (a.epoch === b.epoch && a.revision > b.revision);
}

/**
 * Who set the password behind a user's session or key, as of now. A session's password is the user's present one. A key may have been made by whoever set an
 * earlier one, which another password does not change; that the user has been confirmed, and nobody else set the present one, does.
 */
function credentialNow({ kind, session }: Stored, { credentialHumans }: UserStanding): Pick<Stored, "credentialSetBy"> {
  if (kind !== "person" || credentialHumans === undefined) return {};
  return session || credentialHumans.length === 0 ? { credentialSetBy: credentialHumans } : {};
}

function authorityOf(token: Stored): Authority {
  const {
    tokenId,
    kind,
    role,
    principalId,
    site,
    entityIds,
    expiresAtMs,
    plan,
    session,
    heldBy = [],
    credentialSetBy = [],
    independence,
  } = token;
  const isPerson = kind === "person";
  return {
    tokenId,
    kind,
    role,
    principalId,
    site,
    entityIds,
    expiresAtMs,
    plan,
    humans: isPerson && !heldBy.includes(principalId) ? [principalId, ...heldBy] : heldBy,
    ...(credentialSetBy.length > 0 ? { credentialSetBy } : {}),
    ...(independence?.setBy ? { independent: true } : {}),
    ...(isPerson && (session || token.madeInSession) ? { madeInSession: true } : {}),
    ...(session ? { session } : {}),
  };
}
