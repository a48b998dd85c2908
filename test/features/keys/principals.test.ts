import { describe, expect, test } from "vitest";
import { namedPrincipal } from "../../../src/features/keys/principal.ts";
import { contextOf, keyOf, newFirm, newUser, signIn } from "../../support/people.ts";
import { type Answer, type Api, apiWith } from "../../support/site.ts";

const outcome = ({ status, body }: Answer) => [status, body?.error?.code];

describe("a principal", () => {
  const principalOf = async (api: Api, wish: Readonly<Record<string, unknown>>) => {
    const { status: made, body } = await api.post("/tokens", { role: "PREPARER", ...wish });
    expect(made).toBe(201);
    expect((await apiWith(body.key).get("/me")).body.token.principalId).toBe(body.principalId);
    return body.principalId as string;
  };

  test("is a named service or agent of a site, whatever its keys", async () => {
    const [{ live, sandbox }, other] = await Promise.all([newFirm(), newFirm()]);
    const first = await principalOf(live.api, { name: "Payouts" });
    expect(await principalOf(live.api, { name: "Payouts", role: "REVIEWER" })).toBe(first);
    expect(await principalOf(live.api, { name: " Payouts " })).toBe(first);
    const others = [
      await principalOf(live.api, { name: "payouts" }),
      await principalOf(live.api, { name: "Payouts", kind: "agent" }),
      await principalOf(sandbox.api, { name: "Payouts" }),
      await principalOf(other.live.api, { name: "Payouts" }),
    ];
    expect(new Set([first, ...others]).size).toBe(5);
    expect(await principalOf(live.api, { name: "Payouts", kind: "agent" })).toBe(others[1]);
  });

  test("is one, though its first keys are made at once, and though they were revoked", async () => {
    const firm = await newFirm();
    const { live } = firm;
    const wish = { name: "Payouts", role: "PREPARER" };
    const made = await Promise.all(Array.from({ length: 6 }, () => live.api.post("/tokens", wish)));
    expect(new Set(made.map(({ body }) => body.principalId)).size).toBe(1);
    const early = await Promise.all([1, 2].map(async () => namedPrincipal(await contextOf(firm), "service", "Not made yet")));
    expect(early[0]).toBe(early[1]);
    for (const { body } of made) await live.api.delete(`/tokens/${body.id}`);
    expect(await principalOf(live.api, { name: "Payouts" })).toBe(made[0]?.body.principalId);
  });

  test("that is an OWNER's service is out of an ADMIN's reach, by its name too", async () => {
    const { live } = await newFirm();
    const owners = await live.api.post("/tokens", { name: "Treasury", role: "OWNER" });
    const admin = await live.api.withRole("ADMIN");
    expect(outcome(await admin.post("/tokens", { name: "Treasury", role: "PREPARER" }))).toEqual([403, "FORBIDDEN"]);
    expect(await principalOf(live.api, { name: "Treasury" })).toBe(owners.body.principalId);
  });

  test("is the user who asks for a person's key with a session", async () => {
    const firm = await newFirm();
    const user = await newUser(firm, "ADMIN");
    const { api } = await signIn(user.email);
    expect(await principalOf(api, { name: "Mine", kind: "person" })).toBe(user.id);
    const made = await api.post("/tokens", { name: "Mine", kind: "person", role: "ADMIN" });
    const key = apiWith(made.body.key);
    expect((await key.get("/me")).body).toMatchObject({
      session: null,
      token: { principalId: user.id, kind: "person" },
      user: { id: user.id },
    });
    expect(outcome(await api.post("/tokens", { name: "Mine", kind: "person", role: "OWNER" }))).toEqual([403, "FORBIDDEN"]);
    const rotated = await api.post(`/tokens/${made.body.id}/rotate`, { overlapSeconds: 0 });
    expect(rotated.body).toMatchObject({ principalId: user.id, madeInSession: true, heldBy: [user.id] });
    await firm.live.api.delete(`/users/${user.id}`);
    expect((await apiWith(rotated.body.key).get("/me")).status).toBe(401);
  });

  test("that is an OWNER is out of an ADMIN's reach, whatever role a key of theirs has", async () => {
    const firm = await newFirm();
    const key = await keyOf(firm, "REVIEWER");
    const admin = await firm.live.api.withRole("ADMIN");
    expect(outcome(await admin.post(`/tokens/${key.id}/rotate`, {}))).toEqual([403, "FORBIDDEN"]);
    expect(outcome(await admin.delete(`/tokens/${key.id}`))).toEqual([403, "FORBIDDEN"]);
    expect((await key.get("/me")).status).toBe(200);
    expect((await firm.live.api.delete(`/tokens/${key.id}`)).status).toBe(204);
  });

  test("is named by the user's id with the kind person alone", async () => {
    const { api } = (await newFirm()).live;
    for (const kind of ["service", "agent", undefined]) {
      const answer = await api.post("/tokens", { name: "Ada's", role: "PREPARER", kind, userId: crypto.randomUUID() });
      expect([...outcome(answer), answer.body.error.details[0]?.pointer]).toEqual([400, "VALIDATION_ERROR", "/userId"]);
    }
  });

  test("who signs in makes keys that outlive the session", async () => {
    const firm = await newFirm();
    const session = await signIn(firm.email);
    const made = await session.api.post("/tokens", { name: "Payouts", role: "OWNER" });
    expect(made.body.expiresAt).toBeNull();
    expect((await session.api.post("/sites", { name: "Europe", environment: "live" })).status).toBe(201);
    await session.api.post("/auth/logout", undefined);
    expect((await apiWith(made.body.key).get("/me")).status).toBe(200);
  });
});
