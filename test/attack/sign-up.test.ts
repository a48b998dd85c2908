import { env } from "cloudflare:workers";
import { createHash } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import { postWithoutKey } from "../support/people.ts";
import type { Answer } from "../support/site.ts";
import { requestThrough, rounds, shutAt, toDatabase } from "./support/gates.ts";

afterEach(() => vi.restoreAllMocks());

const firm = () => ({ firmName: `Firm ${crypto.randomUUID()}`, ownerEmail: "owner@example.com", ownerPassword: "correct horse battery" });
const signUp = (body: unknown, key: string) => postWithoutKey("/signup", body, { "idempotency-key": key });
const keyOfLength = (length: number) => `k${crypto.randomUUID()}${crypto.randomUUID()}`.slice(0, length);
const firmsNamed = async (name: string) =>
  (await env.DIRECTORY.prepare("SELECT count(*) AS n FROM firms WHERE name = ?").bind(name).first<{ n: number }>())?.n;
const hasSecrets = ({ text }: Answer) => /ch_(live|test)_/.test(text);

/** What is stored under a key, as whoever has a copy of the directory and thinks of the key reads it. */
async function storedUnder(key: string): Promise<string> {
  const text = `signUp \n${key}`;
  const id = createHash("sha256").update(`id\n${text}`).digest("base64url");
  const raw = createHash("sha256").update(`seal\n${text}`).digest();
  const row = await env.DIRECTORY.prepare("SELECT nonce, ciphertext FROM sealed_answers WHERE id = ?")
    .bind(id)
    .first<{ nonce: number[]; ciphertext: number[] }>();
  if (row === null) throw new Error("an answer is stored under the key");
  const seal = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  const open = await crypto.subtle.decrypt({ name: "AES-GCM", iv: Uint8Array.from(row.nonce) }, seal, Uint8Array.from(row.ciphertext));
  return new TextDecoder().decode(open);
}

describe("a sign-up that somebody else repeats", () => {
  test.each([1, 8, 21])("under a key of %i characters is told the firm and no secret, and makes no second firm", async (length) => {
    const [body, key] = [firm(), keyOfLength(length)];
    const first = await signUp(body, key);
    expect(first.status).toBe(201);
    expect(first.body.secretsShown).toBe(true);
    expect(hasSecrets(first)).toBe(true);
    const again = [await signUp(body, key), await signUp(body, `"${key}"`)];
    for (const answer of again) {
      expect([answer.status, answer.headers.get("x-idempotent-replayed"), answer.headers.get("cache-control")]).toEqual([
        200,
        "true",
        "no-store",
      ]);
      const ids = ({ siteId, tokenId }: { siteId: string; tokenId: string }) => ({ siteId, tokenId });
      expect(answer.body).toEqual({
        firm: first.body.firm,
        owner: first.body.owner,
        live: ids(first.body.live),
        sandbox: ids(first.body.sandbox),
        secretsShown: false,
      });
    }
    expect(await firmsNamed(body.firmName)).toBe(1);
    const other = await signUp({ ...body, firmName: "Another" }, key);
    expect([other.status, other.body.error.code]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
  });

  test.each([22, 36])("under a key of %i characters, which nobody else thinks of, is told all of it again", async (length) => {
    const [body, key] = [firm(), keyOfLength(length)];
    const [first, again] = [await signUp(body, key), await signUp(body, key)];
    expect([first.status, again.status]).toEqual([201, 200]);
    expect(again.text).toBe(first.text);
    expect(again.body.secretsShown).toBe(true);
    expect(hasSecrets(again)).toBe(true);
    expect(await firmsNamed(body.firmName)).toBe(1);
  });

  test("finds no secret in what is stored under a short key", async () => {
    const [short, long] = [keyOfLength(21), keyOfLength(22)];
    const [body, other] = [firm(), firm()];
    const { text } = await signUp(body, short);
    await signUp(other, long);
    expect(text).toContain(body.firmName);
    expect(await storedUnder(short)).toContain(body.firmName);
    expect(await storedUnder(short)).not.toMatch(/ch_(live|test)_/);
    expect(await storedUnder(long)).toMatch(/ch_(live|test)_/);
  });

  test("finds none in what an earlier build stored under a short key, either", async () => {
    const [body, short] = [firm(), keyOfLength(21)];
    const first = await signUp(body, short);
    expect(hasSecrets(first)).toBe(true);
    // As the answer stood with its keys.
    const text = `signUp \n${short}`;
    const raw = createHash("sha256").update(`seal\n${text}`).digest();
    const seal = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const { secretsShown: _, ...before } = first.body;
    const ciphertext = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, seal, new TextEncoder().encode(JSON.stringify(before)));
    await env.DIRECTORY.prepare("UPDATE sealed_answers SET nonce = ?, ciphertext = ? WHERE id = ?")
      .bind(iv, ciphertext, createHash("sha256").update(`id\n${text}`).digest("base64url"))
      .run();
    const again = await signUp(body, short);
    expect([again.status, again.body.secretsShown, hasSecrets(again)]).toEqual([200, false, false]);
    expect(again.body.firm).toEqual(first.body.firm);
  });

  test("at the moment at which the first is stored makes no second firm, and one of the two alone is told the secrets", async () => {
    await rounds(async () => {
      const [body, key] = [firm(), keyOfLength(12)];
      const shut = shutAt(toDatabase(/insert into "sealed_answers"/i));
      const headers = { "content-type": "application/json", "cf-connecting-ip": crypto.randomUUID(), "idempotency-key": key };
      const held = requestThrough(shut.gate, "POST", "/api/v1/signup", headers, JSON.stringify(body));
      await shut.reachedBy(held);
      const overtaking = await signUp(body, key);
      shut.open();
      const answers = [await held, overtaking];
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 201]);
      expect(answers.map(hasSecrets).sort()).toEqual([false, true]);
      expect(new Set(answers.map((answer) => answer.body.firm.id)).size).toBe(1);
      expect(await firmsNamed(body.firmName)).toBe(1);
    });
  });
});

describe("sign-ups of one address", () => {
  const from = (address: string) =>
    postWithoutKey("/signup", { firmName: "Acme", ownerEmail: "no address" }, { "cf-connecting-ip": address });

  test.each([
    ["an IPv4 address", () => "192.0.2.201", "192.0.2.202"],
    ["a /64 of IPv6, whatever the address in it", (n: number) => `2001:db8:7:1::${n.toString(16)}`, "2001:db8:7:2::1"],
  ])("of %s are limited, and no other's are", async (_name, address, elsewhere) => {
    const at = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => at);
    const answers: Answer[] = [];
    const [body, key] = [firm(), crypto.randomUUID()];
    const attempt = (of: string) => postWithoutKey("/signup", body, { "cf-connecting-ip": of, "idempotency-key": key });
    // More than an office or a test run makes in a minute. They are counted, whether or not they make a firm.
    for (let n = 1; n <= 121; n += 1) answers.push(await attempt(address(n)));
    expect(answers.slice(0, 120).every(({ status }) => status < 300)).toBe(true);
    const refused = answers[120];
    expect([refused?.status, refused?.body.error.code]).toEqual([429, "RATE_LIMITED"]);
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThanOrEqual(1);
    expect((await attempt(elsewhere)).status).toBe(200);
    expect((await from(elsewhere)).status).toBe(400);
  });
});
