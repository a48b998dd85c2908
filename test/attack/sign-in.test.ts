import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { signInsOf } from "../../src/access/sign-in-object.ts";
import { apiWithToken, type Firm, newFirm, newUser, password, postWithoutKey, refresh, sessionOf, tryToSignIn } from "../support/people.ts";
import { type Answer, apiWith } from "../support/site.ts";
import { apiThrough, rounds, shutAt, toDatabase } from "./support/gates.ts";

const second = 1_000;
const day = 24 * 3_600 * second;
const start = Math.ceil(Date.now() / second) * second;
let now = start;

beforeEach(() => {
  now = start;
  vi.spyOn(Date, "now").mockImplementation(() => now);
});
afterEach(() => vi.restoreAllMocks());

const anyEmail = () => `${crypto.randomUUID()}@example.com`;
const outcome = ({ status, body }: Answer) => [status, body?.error?.code];
const right = (email: string, address: string, more: Readonly<Record<string, unknown>> = {}) =>
  tryToSignIn(email, more, { "cf-connecting-ip": address });
const wrong = (email: string, address: string, more: Readonly<Record<string, unknown>> = {}) =>
  right(email, address, { password: "a wrong password", ...more });
/** An address of the nth network of so many. */
const network = (n: number) => `10.${n >> 8}.${n & 255}.1`;

/** Strangers who give as many wrong passwords as are looked at, from networks of their own. */
async function strangersTry(email: string, times: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let n = 0; n < times; n += 1) answers.push(await wrong(email, network(Math.floor(n / 5) + 1)));
  return answers;
}

/** The user's device, from a sign-in at the firm's site. */
async function deviceOf(email: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const { status, body } = await right(email, "203.0.113.200", more);
  expect(status).toBe(200);
  return body.device;
}

describe("a hundred firms that strangers sign up with somebody's email", () => {
  test("leave the user whom it is sign in, to the firm that is named and from then on to the one that was used last", async () => {
    const email = anyEmail();
    // The oldest are tried first: none is as old as another.
    for (let n = 0; n < 100; n += 1, now += 1) await newFirm({ ownerEmail: email, ownerPassword: "the stranger's own password" });
    const firm = await newFirm();
    await newUser(firm, "APPROVER", { email });
    const unnamed = await tryToSignIn(email);
    expect(outcome(unnamed)).toEqual([401, "CREDENTIALS_INVALID"]);
    expect(unnamed.body.error.message).toContain("siteId");
    const named = await tryToSignIn(email, { siteId: firm.live.siteId });
    expect(named.status).toBe(200);
    const again = await tryToSignIn(email);
    expect(again.status).toBe(200);
    expect((await sessionOf(again).api.get("/me")).body.site.id).toBe(firm.live.siteId);
  });

  test("who all sign in later than the user still leave the user sign in with a device", async () => {
    const email = anyEmail();
    const firm = await newFirm({ ownerEmail: email });
    const device = await deviceOf(email);
    const others: Firm[] = [];
    for (let n = 0; n < 6; n += 1) others.push(await newFirm({ ownerEmail: email, ownerPassword: "the stranger's own password" }));
    now += second;
    for (const other of others)
      expect((await tryToSignIn(email, { password: "the stranger's own password", siteId: other.live.siteId })).status).toBe(200);
    expect((await tryToSignIn(email)).status).toBe(401);
    const shown = await tryToSignIn(email, { device });
    expect(shown.status).toBe(200);
    expect(shown.body.user.id).toBe(firm.ownerId);
  });
});

describe("wrong passwords from elsewhere", () => {
  test.each([
    ["203.0.113.9", "203.0.113.250", "203.0.114.9"],
    ["2001:db8:1:2::9", "2001:db8:1:2:ffff::1", "2001:db8:1:3::9"],
    ["::ffff:198.51.100.7", "198.51.100.90", "198.51.101.7"],
  ])("from %s make %s wait and not %s", async (guesser, neighbour, elsewhere) => {
    const { email } = await newFirm();
    for (let n = 0; n < 5; n += 1) expect((await wrong(email, guesser)).status).toBe(401);
    for (const wait of [1, 2, 4, 8]) {
      // A wrong one as soon as each wait is over.
      const refused = [await right(email, guesser), await right(email, neighbour)];
      expect(refused.map(outcome)).toEqual(refused.map(() => [429, "SIGN_IN_LOCKED"]));
      expect(refused[0]?.headers.get("retry-after")).toBe(String(wait));
      expect((await right(email, elsewhere)).status).toBe(200);
      now += wait * second;
      expect((await wrong(email, neighbour)).status).toBe(401);
    }
    expect((await right(email, elsewhere)).status).toBe(200);
  });

  test("are looked at a hundred times a day, of a known and of an unknown email, and then no stranger's is", async () => {
    for (const email of [(await newFirm()).email, anyEmail()]) {
      now = start;
      const answers = await strangersTry(email, 101);
      expect(answers.slice(0, 100).every(({ status }) => status === 401)).toBe(true);
      expect(answers.slice(100).map(outcome)).toEqual([[429, "SIGN_IN_LOCKED"]]);
      expect(answers[100]?.headers.get("retry-after")).toBe(String(day / second));
      expect((await wrong(email, "203.0.113.1")).status).toBe(429);
      now += day;
      expect((await wrong(email, "203.0.113.1")).status).toBe(401);
    }
  });

  test("however many, keep nobody out who shows the device of an earlier sign-in", async () => {
    const firm = await newFirm();
    const device = await deviceOf(firm.email);
    await strangersTry(firm.email, 100);
    expect((await right(firm.email, "203.0.113.1")).status).toBe(429);
    for (const more of [{}, { siteId: firm.sandbox.siteId }]) {
      const shown = await right(firm.email, "203.0.113.1", { device, ...more });
      expect(shown.status).toBe(200);
      expect(shown.body.user.id).toBe(firm.ownerId);
    }
    // Nor does the wait of one's own network, where a stranger may be, too.
    expect((await right(firm.email, network(1), { device })).status).toBe(200);
  });

  test("keep no session from changing its own password", async () => {
    const firm = await newFirm();
    const { api } = sessionOf(await tryToSignIn(firm.email));
    await strangersTry(firm.email, 101);
    const body = { password: "a better one than that", currentPassword: password };
    expect((await api.post(`/users/${firm.ownerId}/password`, body)).status).toBe(200);
  });

  test("that are forgiven by the right one are those of its own network", async () => {
    const { email } = await newFirm();
    for (let n = 0; n < 5; n += 1) await wrong(email, network(1));
    for (let n = 0; n < 3; n += 1) await wrong(email, network(2));
    expect((await right(email, network(2))).status).toBe(200);
    expect((await right(email, network(1))).status).toBe(429);
    for (let n = 0; n < 5; n += 1) expect((await wrong(email, network(2))).status).toBe(401);
    expect((await right(email, network(2))).status).toBe(429);
  });
});

describe("a device", () => {
  test("is answered by a sign-in, goes on from one to the next, and is of 180 days", async () => {
    const { email } = await newFirm();
    const first = await deviceOf(email);
    now += day;
    const next = await deviceOf(email, { device: first });
    expect(next).not.toBe(first);
    await strangersTry(email, 101);
    now = start + 180 * day;
    await strangersTry(email, 101);
    expect((await right(email, "203.0.113.1", { device: first })).status).toBe(429);
    expect((await right(email, "203.0.113.1", { device: next })).status).toBe(200);
  });

  test("is null where a session is refreshed: a stolen session gets no device to guess with", async () => {
    const { email } = await newFirm();
    const { refreshToken } = sessionOf(await tryToSignIn(email));
    const refreshed = await refresh(refreshToken);
    expect([refreshed.status, refreshed.body.device]).toEqual([200, null]);
  });

  test("has its own wrong passwords counted, from wherever they come, and by those of the same device alone", async () => {
    const firm = await newFirm();
    const [device, another] = [await deviceOf(firm.email), await deviceOf(firm.email)];
    const answers: Answer[] = [];
    for (let n = 0; n < 6; n += 1) answers.push(await wrong(firm.email, network(n + 1), { device }));
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await right(firm.email, network(7), { device })).status).toBe(429);
    expect((await right(firm.email, network(7), { device: another })).status).toBe(200);
    expect((await right(firm.email, network(7))).status).toBe(200);
    now += second;
    // The next device is the same one: its count goes on until a right password.
    const next = await right(firm.email, network(8), { device });
    expect(next.status).toBe(200);
    for (let n = 0; n < 5; n += 1) expect((await wrong(firm.email, network(8), { device: next.body.device })).status).toBe(401);
    expect((await right(firm.email, network(8), { device })).status).toBe(429);
  });

  test("of one's own user of the same email is no way to guess another's password", async () => {
    const firm = await newFirm();
    const strangers = await newFirm({ ownerEmail: firm.email, ownerPassword: "the stranger's own password" });
    const own = { password: "the stranger's own password", siteId: strangers.live.siteId };
    const device = await deviceOf(firm.email, own);
    const looked: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      looked.push((await wrong(firm.email, network(1), { device, siteId: firm.live.siteId })).status);
      // Whatever the stranger forgives is their own.
      expect((await right(firm.email, "203.0.113.1", { ...own, device })).status).toBe(200);
    }
    expect(looked).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    // Without a site the stranger's own user is tried, and no other's once strangers have to wait.
    for (let n = 0; n < 5; n += 1) await wrong(firm.email, network(2));
    const held = await right(firm.email, network(2), { device });
    expect(held.status).toBe(401);
    const passes = await right(firm.email, network(3), { device });
    expect([passes.status, passes.body.user?.id]).toEqual([200, firm.ownerId]);
  });

  test("stays with its user's own new password, and is forgotten where somebody else sets it", async () => {
    const firm = await newFirm();
    const user = await newUser(firm, "APPROVER");
    const device = await deviceOf(user.email);
    const { api } = sessionOf(await right(user.email, "203.0.113.2", { device }));
    const set = { password: "the user's next password", currentPassword: password };
    expect((await api.post(`/users/${user.id}/password`, set)).status).toBe(200);
    await strangersTry(user.email, 101);
    expect((await right(user.email, "203.0.113.2", { device, password: set.password })).status).toBe(200);
    now += second;
    expect((await firm.live.api.post(`/users/${user.id}/password`, { password })).status).toBe(200);
    expect(outcome(await right(user.email, "203.0.113.2", { device }))).toEqual([429, "SIGN_IN_LOCKED"]);
  });

  test.each([
    ["of another user", async (_firm: Firm, other: string) => other],
    ["whose user was exchanged", async (_firm: Firm, other: string, own: string) => own.slice(0, 37) + other.slice(37)],
    [
      "that was altered",
      async (_firm: Firm, _other: string, own: string) => own.replace(/_(\d+)_([\w-]{43})$/, (_, end, mac) => `_${Number(end) + 1}_${mac}`),
    ],
    ["without its signature", async (_firm: Firm, _other: string, own: string) => own.slice(0, -43)],
    ["that is a word", async () => "device"],
  ])("%s is none: it neither helps nor hurts", async (_name, forge) => {
    const [firm, another] = [await newFirm(), await newFirm()];
    const device = await forge(firm, await deviceOf(another.email), await deviceOf(firm.email));
    expect((await right(firm.email, "203.0.113.1", { device })).status).toBe(200);
    await strangersTry(firm.email, 100);
    expect(outcome(await right(firm.email, "203.0.113.1", { device }))).toEqual([429, "SIGN_IN_LOCKED"]);
  });

  test("opens nothing: it is no key, no access token and no refresh token, and signs nobody in by itself", async () => {
    const { email } = await newFirm();
    const device = await deviceOf(email);
    expect((await apiWith(device).get("/me")).status).toBe(401);
    expect((await apiWithToken(device).get("/me")).status).toBe(401);
    expect((await refresh(device)).status).toBe(401);
    expect((await postWithoutKey("/auth/token", { device })).status).toBe(400);
    expect((await postWithoutKey("/auth/token", { email, device })).status).toBe(400);
    expect((await wrong(email, "203.0.113.1", { device })).status).toBe(401);
  });

  test("stands in no log", async () => {
    const lines: unknown[][] = [];
    for (const level of ["log", "info", "warn", "error", "debug"] as const)
      vi.spyOn(console, level).mockImplementation((...said: unknown[]) => void lines.push(said));
    const { email } = await newFirm();
    const device = await deviceOf(email);
    await wrong(email, "203.0.113.1", { device });
    expect(JSON.stringify(lines)).not.toContain("chd_");
  });
});

describe("by a clock that was ahead and is right again", () => {
  const ahead = start + 400 * day;

  test("nobody waits for longer than they were to", async () => {
    const { email } = await newFirm();
    now = ahead;
    for (let n = 0; n < 5; n += 1) expect((await wrong(email, network(1))).status).toBe(401);
    now = start;
    expect((await right(email, network(1))).headers.get("retry-after")).toBe("1");
    now += second;
    expect((await right(email, network(1))).status).toBe(200);
  });

  test("strangers who have used up their day wait for no more than a day", async () => {
    const { email } = await newFirm();
    now = ahead;
    await strangersTry(email, 100);
    now = start;
    expect((await right(email, network(200))).status).toBe(429);
    now += day;
    expect((await right(email, network(200))).status).toBe(200);
  });

  test("neither sessions nor wrong passwords are gone, should their alarm have rung meanwhile", async () => {
    const firm = await newFirm();
    const session = sessionOf(await right(firm.email, network(1)));
    for (let n = 0; n < 5; n += 1) await wrong(firm.email, network(1));
    now = ahead;
    for (const object of [env.ACCESS.getByName(session.id), signInsOf(env, firm.email)] as const) {
      await runInDurableObject(object as DurableObjectStub, async (instance) => {
        const bound = Object.getOwnPropertyDescriptor(instance, "env") ?? {};
        Object.defineProperty(instance, "env", {
          ...bound,
          value: { CLOCK_WATCH: { fetch: async () => new Response(null, { status: 503 }) } },
        });
        await (instance as unknown as { alarm(): Promise<void> }).alarm();
        Object.defineProperty(instance, "env", bound);
      });
    }
    now = start;
    expect((await session.api.get("/me")).status).toBe(200);
    expect((await right(firm.email, network(1))).status).toBe(429);
  });
});

describe("what an email's object stores", () => {
  const rows = (email: string) =>
    runInDurableObject(signInsOf(env, email), (_object, { storage }) => [
      ...storage.sql.exec<{ kind: string; name: string; count: number }>("SELECT kind, name, count FROM guessers"),
    ]);

  test("is a thousand rows at most, and who has to wait is the last to be forgotten", async () => {
    const email = anyEmail();
    const signIns = signInsOf(env, email);
    for (let n = 0; n < 6; n += 1) await signIns.begin({ kind: "device", name: "the one that waits" });
    for (let n = 0; n < 1_100; n += 1) await signIns.begin({ kind: "device", name: `device ${n}` });
    const stored = await rows(email);
    expect(stored.length).toBeLessThanOrEqual(1_000);
    expect(stored.length).toBeGreaterThan(990);
    expect(stored.map(({ name }) => name)).toContain("the one that waits");
    expect(stored.map(({ name }) => name)).toContain("device 1099");
    now += day;
    await signIns.begin({ kind: "device", name: "a day later" });
    expect((await rows(email)).map(({ name }) => name)).toEqual(["a day later"]);
  });

  test("by an earlier build counts as the day's, and keeps no right password out", async () => {
    const { email } = await newFirm();
    await runInDurableObject(signInsOf(env, email), (_object, { storage }) =>
      storage.put("wrong", { count: 98, lastMs: now, lockedUntilMs: now + 900 * second }),
    );
    expect((await right(email, network(1))).status).toBe(200);
    expect((await wrong(email, network(1))).status).toBe(401);
    expect((await wrong(email, network(2))).status).toBe(401);
    expect((await right(email, network(3))).status).toBe(429);
    expect((await rows(email)).find(({ kind }) => kind === "day")?.count).toBe(100);
  });
});

describe("a sign-in with the password of before, while the next one is being stored", () => {
  const next = "the user's next password";
  const settings = {
    "by the user": ({ body }: Answer) => ({ key: body.accessToken as string, wish: { password: next, currentPassword: password } }),
    "by somebody else": (_: Answer, firm: Firm) => ({ key: firm.live.api.key, wish: { password: next, mustChangePassword: false } }),
  };
  /** The next password stands at the gate, a second passes, and somebody signs in with the one of before. */
  async function overtaken(firm: Firm, setBy: (signedIn: Answer, firm: Firm) => { readonly key: string; readonly wish: object }) {
    const user = await newUser(firm, "APPROVER");
    const { key, wish } = setBy(await tryToSignIn(user.email), firm);
    const shut = shutAt(toDatabase(/insert into "passwords"/i));
    const who = key === firm.live.api.key ? firm.live.api : apiWithToken(key);
    const setting = apiThrough(shut.gate, who).post(`/users/${user.id}/password`, wish);
    await shut.reachedBy(setting);
    now += second;
    const meanwhile = await tryToSignIn(user.email);
    expect(meanwhile.status).toBe(200);
    shut.open();
    expect((await setting).status).toBe(200);
    return { user, meanwhile };
  }

  test.each(Object.entries(settings))("ends with the others that began with it: set %s", async (_, setBy) => {
    const firm = await newFirm();
    await rounds(async () => {
      const { user, meanwhile } = await overtaken(firm, setBy);
      const { api, refreshToken } = sessionOf(meanwhile);
      expect((await api.get("/me")).status).toBe(401);
      expect((await refresh(refreshToken)).status).toBe(401);
      now += second;
      const after = sessionOf(await tryToSignIn(user.email, { password: next }));
      expect((await after.api.get("/me")).status).toBe(200);
    });
  });

  test("gives no device that outlives a password that somebody else sets", async () => {
    const firm = await newFirm();
    const { user, meanwhile } = await overtaken(firm, settings["by somebody else"]);
    now += second;
    await strangersTry(user.email, 101);
    const { device } = meanwhile.body;
    expect(outcome(await right(user.email, "203.0.113.2", { device, password: next }))).toEqual([429, "SIGN_IN_LOCKED"]);
  });
});
