import { describe, expect, test } from "vitest";
import { type Answer, type Api, newSite } from "../support/site.ts";
import { apiThrough, rounds, shutAt, toLedger } from "./support/gates.ts";

const codeOf = ({ status, body }: Answer): string => `${status} ${body?.error?.code ?? ""}`.trim();

async function company(): Promise<{ readonly api: Api; readonly entityId: string }> {
  const { api } = await newSite();
  const entity = await api.post("/entities", { name: "Blue Bottle Ltd", functionalCurrency: "USD" });
  expect(entity.status).toBe(201);
  return { api, entityId: entity.body.id };
}

async function open(api: Api, code: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const opened = await api.post("/accounts", { code, name: code, type: "bank", ...more });
  expect(opened.status).toBe(201);
  return opened.body.id;
}

describe("an account below which another is opened", () => {
  test.each([
    ["deleted", (api: Api, id: string) => api.delete(`/accounts/${id}`)],
    ["of another type", (api: Api, id: string) => api.patch(`/accounts/${id}`, { type: "expense" })],
  ] as const)("is not %s at the same moment, whichever of the two comes first", async (_, change) => {
    const { api } = await company();
    await rounds(async (round) => {
      const parentId = await open(api, `p-${round}`);
      const shut = shutAt(toLedger("write"));
      const below = { code: `c-${round}`, name: "Below", type: "bank", parentId };
      if (round % 2 === 0) {
        const changing = change(apiThrough(shut.gate, api), parentId);
        await shut.reachedBy(changing);
        expect((await api.post("/accounts", below)).status).toBe(201);
        shut.open();
        expect(codeOf(await changing)).toBe("409 IN_USE");
        expect(await api.get(`/accounts/${parentId}`)).toMatchObject({ status: 200, body: { type: "bank" } });
      } else {
        const opening = apiThrough(shut.gate, api).post("/accounts", below);
        await shut.reachedBy(opening);
        expect([200, 204]).toContain((await change(api, parentId)).status);
        shut.open();
        expect(["422 REFERENCE_NOT_FOUND", "422 ACCOUNT_PARENT_INVALID"]).toContain(codeOf(await opening));
      }
    });
  });

  test("is not moved at the same moment to where that one would be too deep, whichever of the two comes first", async () => {
    const { api } = await company();
    let parentId: string | undefined;
    for (let level = 1; level <= 9; level++) parentId = await open(api, `level-${level}`, parentId === undefined ? {} : { parentId });
    await rounds(async (round) => {
      const moved = await open(api, `m-${round}`);
      const move = (by: Api) => by.patch(`/accounts/${moved}`, { parentId });
      const openBelow = (by: Api) => by.post("/accounts", { code: `b-${round}`, name: "Below", type: "bank", parentId: moved });
      const [late, early, status] = round % 2 === 0 ? [move, openBelow, 201] : [openBelow, move, 200];
      const shut = shutAt(toLedger("write"));
      const held = late(apiThrough(shut.gate, api));
      await shut.reachedBy(held);
      expect((await early(api)).status).toBe(status);
      shut.open();
      expect(codeOf(await held)).toBe("422 ACCOUNT_PARENT_INVALID");
    });
  });

  test("never comes to stand below itself by two moves at once", async () => {
    const { api } = await company();
    await rounds(async (round) => {
      const [a, b] = [await open(api, `a-${round}`), await open(api, `b-${round}`)];
      const shut = shutAt(toLedger("write"));
      const first = apiThrough(shut.gate, api).patch(`/accounts/${a}`, { parentId: b });
      await shut.reachedBy(first);
      expect((await api.patch(`/accounts/${b}`, { parentId: a })).status).toBe(200);
      shut.open();
      expect(codeOf(await first)).toBe("422 ACCOUNT_PARENT_INVALID");
    }, 3);
  });
});
