import { describe, expect, test } from "vitest";
import { booksOf, entryOf, freshKey } from "../support/books.ts";
import { type Answer, type Api, newSite } from "../support/site.ts";
import { apiThrough, type Call, cronThrough, dieAt, type Match, rounds, shutAt, toDatabase, toLedger } from "./support/gates.ts";

const nothing = () => undefined;
const codeOf = ({ status, body }: Answer): string => `${status} ${body?.error?.code ?? ""}`.trim();

/** Every call that a reset makes, once its key has been looked up. */
const anyStep =
  (when: Call["when"]): Match =>
  (call) =>
    call.when === when &&
    (call.binding === "LEDGER" || call.binding.startsWith("SITE_DB") || /ledger_numbers/.test(call.sql)) &&
    !/"idempotency_keys"/.test(call.sql);

const post = (api: Api, entityId: string) => api.post("/journal-entries", { entityId, ...entryOf("cash", "equity", 5) }, freshKey());

/** Whether everything that the site lists is whole: its ledgers take accounts. */
async function expectWhole(api: Api): Promise<void> {
  const { data } = (await api.get("/ledgers")).body;
  for (const { id } of data)
    expect((await api.post("/accounts", { ledgerId: id, code: crypto.randomUUID().slice(0, 8), name: "More", type: "bank" })).status).toBe(
      201,
    );
  for (const { id, functionalLedgerId } of (await api.get("/entities")).body.data)
    expect(
      data.map((ledger: { id: string }) => ledger.id),
      id,
    ).toContain(functionalLedgerId);
}

describe("a sandbox that is reset while it is used", () => {
  test("refuses what had passed the edge by then: never 201, and then 404", async () => {
    const { api, siteId } = await newSite();
    await rounds(async () => {
      const { entityId } = await booksOf(api);
      const shut = shutAt(toLedger("write"));
      const posting = post(apiThrough(shut.gate, api), entityId);
      await shut.reachedBy(posting);
      expect((await api.post(`/sites/${siteId}/reset`, {})).status).toBe(200);
      shut.open();
      expect(codeOf(await posting)).toBe("409 LEDGER_RETIRED");
    });
  });

  test("keeps nothing by halves of what is posted and made meanwhile, whichever call the reset stands at", async () => {
    const { api, siteId } = await newSite();
    await rounds(async (round) => {
      const { entityId, ledgerId } = await booksOf(api);
      const shut = shutAt(anyStep("before"), round);
      const reset = apiThrough(shut.gate, api).post(`/sites/${siteId}/reset`, {});
      try {
        await shut.reachedBy(reset);
      } catch {
        return;
      }
      const posted = await post(api, entityId);
      const made = await api.post("/entities", { name: "Meanwhile Ltd", functionalCurrency: "EUR" });
      const second = await api.post("/ledgers", { entityId, currency: "GBP" });
      expect([201, 409, 422, 503], `call ${round}: ${codeOf(posted)}`).toContain(posted.status);
      expect([201, 409, 503], `call ${round}: ${codeOf(made)}`).toContain(made.status);
      expect([201, 404, 409, 422, 503], `call ${round}: ${codeOf(second)}`).toContain(second.status);
      shut.open();
      expect((await reset).status).toBe(200);
      const late = await api.post("/journal-entries", { ledgerId, ...entryOf("cash", "equity", 5) }, freshKey());
      expect(["409 LEDGER_RETIRED", "422 REFERENCE_NOT_FOUND"], `call ${round}`).toContain(codeOf(late));
      await expectWhole(api);
    }, 20);
  });

  test("does not list what was numbered before it: asked again with its key, that is made anew", async () => {
    const { api, siteId } = await newSite();
    await rounds(async (round) => {
      const key = freshKey();
      const entity = { name: "Late Ltd", functionalCurrency: "USD", ...(round % 2 === 0 ? { chart: "us-small-business" } : {}) };
      const shut = shutAt(toDatabase(/insert into "entities"/i));
      const making = apiThrough(shut.gate, api).post("/entities", entity, key);
      await shut.reachedBy(making);
      expect((await api.post(`/sites/${siteId}/reset`, {})).status).toBe(200);
      shut.open();
      expect(codeOf(await making)).toBe("503 OVERLOADED");
      expect((await api.get("/entities")).body.totalCount).toBe(0);
      expect((await api.post("/entities", entity, key)).status).toBe(201);
      await expectWhole(api);
    }, 4);
  });

  test("by two at once is empty once, and neither undoes what came after", async () => {
    const { api, siteId } = await newSite();
    await rounds(async (round) => {
      await booksOf(api);
      const shut = shutAt(anyStep("before"), round + 1);
      const first = apiThrough(shut.gate, api).post(`/sites/${siteId}/reset`, {});
      try {
        await shut.reachedBy(first);
      } catch {
        return;
      }
      expect((await api.post(`/sites/${siteId}/reset`, {})).status).toBe(200);
      const made = await booksOf(api);
      shut.open();
      expect(["200", "503 OVERLOADED"]).toContain(codeOf(await first));
      expect((await post(api, made.entityId)).status).toBe(201);
      await expectWhole(api);
    });
  });
});

describe("a reset that is sent twice under one key", () => {
  test("is done once, though the second had passed its key by before the first was answered", async () => {
    const { api, siteId } = await newSite();
    await rounds(async (round) => {
      const key = freshKey();
      const body = round % 2 === 0 ? { sampleData: true } : {};
      const shut = shutAt(toDatabase(/INSERT INTO site_resets/));
      const late = apiThrough(shut.gate, api).post(`/sites/${siteId}/reset`, body, key);
      await shut.reachedBy(late);
      const first = await api.post(`/sites/${siteId}/reset`, body, key);
      expect(first.status).toBe(200);
      const { entityId } = await booksOf(api);
      shut.open();
      const second = await late;
      expect([second.text, second.headers.get("x-idempotent-replayed")]).toEqual([first.text, "true"]);
      expect((await post(api, entityId)).status).toBe(201);
    }, 3);
  });

  test("or in another body: the second is refused, and empties nothing", async () => {
    const { api, siteId } = await newSite();
    const key = freshKey();
    const shut = shutAt(toDatabase(/INSERT INTO site_resets/));
    const late = apiThrough(shut.gate, api).post(`/sites/${siteId}/reset`, { sampleData: true }, key);
    await shut.reachedBy(late);
    expect((await api.post(`/sites/${siteId}/reset`, {}, key)).status).toBe(200);
    const { entityId } = await booksOf(api);
    shut.open();
    expect(codeOf(await late)).toBe("422 IDEMPOTENCY_KEY_REUSED");
    expect((await post(api, entityId)).status).toBe(201);
  });
});

test("a reset never names a demo company that another reset has taken since", async () => {
  const { api, siteId } = await newSite();
  const shut = shutAt(toDatabase(/insert into "idempotency_keys"/));
  const first = apiThrough(shut.gate, api).post(`/sites/${siteId}/reset`, { sampleData: true }, freshKey());
  await shut.reachedBy(first);
  expect((await api.post(`/sites/${siteId}/reset`, {}, freshKey())).status).toBe(200);
  shut.open();
  expect(codeOf(await first)).toBe("503 OVERLOADED");
  expect((await api.get("/entities")).body.totalCount).toBe(0);
});

/** Those of them that may change something: between two others nothing is left behind. */
const anyChange =
  (when: Call["when"]): Match =>
  (call) =>
    anyStep(when)(call) && !/^\s*select/i.test(call.sql);

describe("a reset that is broken off", () => {
  test.each(["before", "after"] as const)("%s any of its calls goes on by the clock", async (when) => {
    const { api, siteId } = await newSite();
    for (let nth = 1, isOver = false; !isOver; nth++) {
      const { entityId, ledgerId } = await booksOf(api);
      isOver = (await apiThrough(dieAt(anyChange(when), nth), api).post(`/sites/${siteId}/reset`, {})).status === 200;
      await cronThrough(nothing);
      if (nth === 1 && when === "before") expect((await post(api, entityId)).status).toBe(201);
      else {
        expect((await api.get("/entities")).body.totalCount, `call ${nth}`).toBe(0);
        const late = await api.post("/journal-entries", { ledgerId, ...entryOf("cash", "equity", 5) }, freshKey());
        expect(codeOf(late), `call ${nth}`).toBe("422 REFERENCE_NOT_FOUND");
      }
    }
  });

  test("while it fills the site leaves no demo company without its entries", async () => {
    const { api, siteId } = await newSite();
    // The first write is the retirement of nothing: the chart, then four times 500 entries.
    for (const nth of [1, 2, 3]) {
      const died = await apiThrough(dieAt(toLedger("write", "after"), nth), api).post(`/sites/${siteId}/reset`, { sampleData: true });
      expect(died.status).toBe(500);
      await cronThrough(nothing);
      expect((await api.get("/entities")).body.totalCount).toBe(0);
    }
  });
});
