import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { signUp as signUpOperation } from "../../../src/features/firms/sign-up.ts";
import { anonymousContext } from "../../../src/operation/build-context.ts";
import { logFor } from "../../../src/platform/log.ts";
import { Refused } from "../../../src/platform/refused.ts";
import { postWithoutKey } from "../../support/people.ts";
import { apiWith, request } from "../../support/site.ts";

const signUp = (body: unknown, headers: Record<string, string> = {}) => postWithoutKey("/signup", body, headers);
const firm = { firmName: "Acme Payments", ownerEmail: "owner@example.com" };
const count = async (table: string, where: string, ...values: string[]) =>
  (
    await env.DIRECTORY.prepare(`SELECT count(*) AS n FROM ${table} WHERE ${where}`)
      .bind(...values)
      .first<{ n: number }>()
  )?.n;

describe("signing up", () => {
  test("makes a firm with a live and a sandbox site, and an OWNER's key of each that reaches that site only", async () => {
    const answer = await signUp(firm);
    expect(answer.status).toBe(201);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    const { live, sandbox } = answer.body;
    expect(live.key).toMatch(/^ch_live_/);
    expect(sandbox.key).toMatch(/^ch_test_/);
    for (const [{ key, siteId }, environment] of [
      [live, "live"],
      [sandbox, "sandbox"],
    ] as const) {
      const me = (await apiWith(key).get("/me")).body;
      expect(me).toMatchObject({
        token: { role: "OWNER", kind: "service", entityIds: null },
        site: { id: siteId, environment, firmId: answer.body.firm.id },
        plan: { requestsPerMinute: 100, burst: 200 },
      });
    }
    expect((await apiWith(live.key).get(`/sites/${sandbox.siteId}`)).status).toBe(404);
    expect((await apiWith(live.key).get("/sites")).body.totalCount).toBe(2);
  });

  test("again with the same key shows the same firm and its keys, and makes nothing; with another body it is refused", async () => {
    const key = { "idempotency-key": crypto.randomUUID() };
    const first = await signUp(firm, key);
    const second = await signUp({ ownerEmail: firm.ownerEmail, firmName: firm.firmName }, key);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.text).toBe(first.text);
    expect(second.headers.get("x-idempotent-replayed")).toBe("true");
    expect(await count("sites", "firm_id = ?", first.body.firm.id)).toBe(2);
    expect((await signUp({ ...firm, firmName: "Another" }, key)).body.error.code).toBe("IDEMPOTENCY_KEY_REUSED");
  });

  test("many times at once with one key makes one firm", async () => {
    const name = `Firm ${crypto.randomUUID()}`;
    const key = { "idempotency-key": crypto.randomUUID() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => signUp({ ...firm, firmName: name }, key)));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.filter((answer) => answer.status === 201).length).toBe(1);
    expect(await count("firms", "name = ?", name)).toBe(1);
  });

  test("shows the answer again to nobody who reads the directory: it is kept sealed", async () => {
    const key = crypto.randomUUID();
    const { body } = await signUp(firm, { "idempotency-key": key });
    const rows = await env.DIRECTORY.prepare("SELECT * FROM sealed_answers").all();
    expect(rows.results.length).toBeGreaterThan(0);
    const kept = rows.results
      .map((row) =>
        Object.values(row)
          .map((value) => (Array.isArray(value) ? new TextDecoder().decode(Uint8Array.from(value)) : String(value)))
          .join(" "),
      )
      .join("\n");
    expect(kept).not.toContain(body.live.key);
    expect(kept).not.toContain(key);
  });

  test("is open, closed, or by an invitation that is right, as the installation says", async () => {
    const attempt = async (setting: string, invitation?: string) => {
      const context = {
        // The setting is a variable of the deployment, whose generated type knows its present value only.
        env: { ...env, SIGNUP: setting, INVITATION: "come in" } as unknown as Cloudflare.Env,
        requestId: "req_test",
        log: logFor("req_test"),
        address: "nobody",
        waitUntil: () => undefined,
      };
      const request = { ...firm, ...(invitation === undefined ? {} : { invitation }) };
      return signUpOperation(anonymousContext(context), request).then(
        (once) => "value" in once && once.value.firm.name,
        (error: unknown) => (error instanceof Refused ? error.failure.code : String(error)),
      );
    };
    expect(await attempt("open")).toBe(firm.firmName);
    expect(await attempt("invitation", "come in")).toBe(firm.firmName);
    expect(await attempt("invitation", "let me in")).toBe("SIGNUP_CLOSED");
    expect(await attempt("invitation")).toBe("SIGNUP_CLOSED");
    expect(await attempt("closed", "come in")).toBe("SIGNUP_CLOSED");
  });

  test.each([
    [{}],
    [{ firmName: "A" }],
    [{ firmName: "", ownerEmail: "a@example.com" }],
    [{ firmName: "A", ownerEmail: "no address" }],
    [{ ...firm, role: "OWNER" }],
  ])("with %j is refused", async (body) => {
    expect((await signUp(body)).body.error.code).toBe("VALIDATION_ERROR");
  });
});

test("a sign-up has no more to say than a name and an address: a body beyond 16 KiB is refused unread", async () => {
  const text = JSON.stringify({ firmName: "x".repeat(20_000), ownerEmail: "owner@example.com" });
  const answer = await request("POST", "/api/v1/signup", { "content-type": "application/json", "cf-connecting-ip": "192.0.2.77" }, text);
  expect([answer.status, answer.body.error.code]).toEqual([413, "BODY_TOO_LARGE"]);
});
