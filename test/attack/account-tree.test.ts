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
