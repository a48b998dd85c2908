import { describe, expect, test } from "vitest";
import { booksOf, entryOf, freshKey, newBooks, post } from "../support/books.ts";
import { type Answer, type Api, newSite } from "../support/site.ts";
import { apiThrough, type Call, cronThrough, dieAt, type Match, rounds, shutAt, toDatabase, toLedger } from "./support/gates.ts";
import { inDatabases } from "./support/shared.ts";

const nothing = () => undefined;

/** Every call that a removal makes: to ledgers and to its site's database. */
const anyStep =
  (when: Call["when"]): Match =>
  (call) =>
    call.when === when && (call.binding === "LEDGER" || call.binding.startsWith("SITE_DB"));

const codeOf = ({ status, body }: Answer): string => `${status} ${body?.error?.code ?? ""}`.trim();

/** A company with an account that nobody used, and a second ledger. */
async function unused(api: Api, accounts = 2) {
  const entity = await api.post("/entities", { name: "Blue Bottle Ltd", functionalCurrency: "USD" });
  expect(entity.status).toBe(201);
  const entityId: string = entity.body.id;
  const list = Array.from({ length: accounts }, (_, i) => ({ code: String(1_000 + i), name: `Account ${i}`, type: "bank" }));
  expect((await api.post("/accounts/import", { entityId, accounts: list })).status).toBe(201);
  const second = await api.post("/ledgers", { entityId, currency: "EUR" });
  expect(second.status).toBe(201);
  return { entityId, ledgerId: entity.body.functionalLedgerId as string, secondId: second.body.id as string };
}

/** Opens two accounts and posts between them. */
async function openAndPost(api: Api, entityId: string): Promise<Answer> {
  for (const [code, type] of [
    ["cash", "bank"],
    ["sales", "income"],
  ]) {
    const opened = await api.post("/accounts", { entityId, code, name: code, type });
    if (opened.status !== 201) return opened;
  }
  return api.post("/journal-entries", { entityId, ...entry }, freshKey());
}

const entry = {
  date: "2026-06-08",
  lines: [
    { accountCode: "cash", side: "debit", amount: 5 },
    { accountCode: "sales", side: "credit", amount: 5 },
  ],
};

/** Runs what is given while a removal stands before its nth call; undefined where it made fewer. */
async function duringRemoval<T>(api: Api, entityId: string, nth: number, meanwhile: () => Promise<T>) {
  const shut = shutAt(anyStep("before"), nth);
  const removal = apiThrough(shut.gate, api).delete(`/entities/${entityId}`);
  try {
    await shut.reachedBy(removal);
  } catch {
    await removal;
    return undefined;
  }
  const found = await meanwhile();
  shut.open();
  return { found, removal: await removal };
}

describe("an entity that is deleted while its books are written to", () => {
  test("goes where nothing was posted and stays where something was, whichever call the removal stands at", async () => {
    const { api } = await newSite();
    let [kept, gone] = [0, 0];
    await rounds(async (round) => {
      const { entityId } = await unused(api, 60);
      const outcome = await duringRemoval(api, entityId, round, () => openAndPost(api, entityId));
      if (outcome === undefined) return;
      const { found: posted, removal } = outcome;
      if (posted.status === 201) {
        kept += 1;
        expect(codeOf(removal), `call ${round}`).toBe("409 IN_USE");
        expect((await api.get(`/journal-entries/${posted.body.id}`)).status, `call ${round}`).toBe(200);
        expect((await openMore(api, entityId)).status).toBe(201);
      } else {
        gone += 1;
        expect(["503 LEDGER_FROZEN", "422 REFERENCE_NOT_FOUND", "409 LEDGER_RETIRED"], `call ${round}`).toContain(codeOf(posted));
        expect(removal.status, `call ${round}`).toBe(204);
        expect(codeOf(await api.get(`/entities/${entityId}`))).toBe("404 NOT_FOUND");
        expect((await api.get(`/ledgers?entityId=${entityId}`)).body.data).toEqual([]);
      }
    }, 14);
    expect(kept).toBeGreaterThan(0);
    expect(gone).toBeGreaterThan(0);
  });

  test("refuses a post that had passed the edge when the entity went", async () => {
    await rounds(async () => {
      const { api } = await newSite();
      const { entityId } = await unused(api);
      const shut = shutAt(toLedger("write"));
      const accounts = apiThrough(shut.gate, api).post("/accounts", { entityId, code: "late", name: "Late", type: "bank" });
      await shut.reachedBy(accounts);
      expect((await api.delete(`/entities/${entityId}`)).status).toBe(204);
      shut.open();
      expect(codeOf(await accounts)).toBe("409 LEDGER_RETIRED");
    });
  });

  test("is read as before while it is found out, and takes no change", async () => {
    const { api } = await newSite();
    const { entityId, ledgerId } = await unused(api);
    const shut = shutAt(toLedger("write", "after"));
    const removal = apiThrough(shut.gate, api).delete(`/entities/${entityId}`);
    await shut.reachedBy(removal);
    expect(await api.get(`/entities/${entityId}`)).toMatchObject({ status: 200, body: { status: "active", revision: 1 } });
    expect((await api.get(`/balances?ledgerId=${ledgerId}`)).body.totalCount).toBe(2);
    const refusals = [
      await api.patch(`/entities/${entityId}`, { name: "Other" }),
      await api.post("/ledgers", { entityId, currency: "GBP" }),
      await api.post("/accounts", { entityId, code: "x", name: "x", type: "bank" }),
      await api.post(`/ledgers/${ledgerId}/verify`, {}),
      await api.post(`/ledgers/${ledgerId}/close-out`, { force: true }),
    ];
    for (const refused of refusals) {
      expect(codeOf(refused)).toBe("503 LEDGER_FROZEN");
      expect(refused.headers.get("retry-after")).toBe("1");
    }
    shut.open();
    expect((await removal).status).toBe(204);
  });
});

test("an entity of an earlier build, whose ledgers share no record yet, is not taken for gone while it is found out", async () => {
  const { api } = await newSite();
  const { entityId } = await unused(api);
  await inDatabases("DELETE FROM shared_records WHERE entity_id = ?", entityId);
  const shut = shutAt(toLedger("write"));
  const removal = apiThrough(shut.gate, api).delete(`/entities/${entityId}`);
  await shut.reachedBy(removal);
  expect(codeOf(await api.post("/ledgers", { entityId, currency: "GBP" }))).toBe("503 LEDGER_FROZEN");
  const lock = { startDate: "2026-01-01", endDate: "2026-12-31", level: "hard" };
  expect(codeOf(await api.send("PUT", `/companies/${entityId}/period-locks`, { body: lock }))).toBe("503 LEDGER_FROZEN");
  shut.open();
  expect((await removal).status).toBe(204);
});

describe("a ledger that is made while its entity is deleted", () => {
  test("is not there afterwards, whichever of the two comes first", async () => {
    await rounds(async (round) => {
      const { api } = await newSite();
      const { entityId } = await unused(api);
      const shut = shutAt(toDatabase(/insert into "ledgers"/i));
      const making = apiThrough(shut.gate, api).post("/ledgers", { entityId, currency: "GBP" });
      await shut.reachedBy(making);
      if (round % 2 === 0) {
        expect((await api.delete(`/entities/${entityId}`)).status).toBe(204);
        shut.open();
        expect(codeOf(await making)).toBe("422 REFERENCE_NOT_FOUND");
      } else {
        const held = shutAt(toLedger("write"));
        const removal = apiThrough(held.gate, api).delete(`/entities/${entityId}`);
        await held.reachedBy(removal);
        shut.open();
        expect(codeOf(await making)).toBe("503 LEDGER_FROZEN");
        held.open();
        expect((await removal).status).toBe(204);
      }
      expect((await api.get("/ledgers")).body.totalCount).toBe(0);
    });
  });
});

describe("several who delete one entity", () => {
  test("all see it go, or all are refused and it stays", async () => {
    await rounds(async (round) => {
      const { api } = await newSite();
      const free = await unused(api);
      const outcome = await duringRemoval(api, free.entityId, round, () => api.delete(`/entities/${free.entityId}`));
      if (outcome !== undefined) {
        expect([204, 404]).toContain(outcome.found.status);
        expect([204, 404]).toContain(outcome.removal.status);
      }
      const used = await unused(api);
      expect((await openAndPost(api, used.entityId)).status).toBe(201);
      const refused = await duringRemoval(api, used.entityId, round, () => api.delete(`/entities/${used.entityId}`));
      if (refused !== undefined) for (const answer of [refused.found, refused.removal]) expect(codeOf(answer)).toBe("409 IN_USE");
      expect((await openMore(api, used.entityId)).status).toBe(201);
    });
  });

  test("leave nothing frozen where the freeze of one comes after it was given up", async () => {
    await rounds(async () => {
      const { api } = await newSite();
      const { entityId, ledgerId, secondId } = await unused(api);
      for (const code of ["cash", "sales"]) await api.post("/accounts", { ledgerId: secondId, code, name: code, type: "bank" });
      const draft = await api.post("/entries", { ledgerId: secondId, ...entry }, freshKey());
      expect(draft.status).toBe(201);
      const late = shutAt(toLedger("write"));
      const first = apiThrough(late.gate, api).delete(`/entities/${entityId}`);
      await late.reachedBy(first);
      expect(codeOf(await api.delete(`/entities/${entityId}`))).toBe("409 IN_USE");
      expect((await api.post(`/journal-entries/${draft.body.id}/void`, { reason: "a mistake" }, freshKey())).status).toBe(200);
      late.open();
      expect(codeOf(await first)).toBe("409 IN_USE");
      expect((await api.post("/accounts", { ledgerId, code: "more", name: "More", type: "bank" })).status).toBe(201);
      expect((await api.delete(`/entities/${entityId}`)).status).toBe(204);
    }, 3);
  });

  test("are held to their ETag, before anything is frozen", async () => {
    const { api } = await newSite();
    const { entityId } = await unused(api);
    expect(codeOf(await api.delete(`/entities/${entityId}`, { "if-match": '"7"' }))).toBe("412 PRECONDITION_FAILED");
    expect((await openMore(api, entityId)).status).toBe(201);
    const shut = shutAt(toDatabase(/update "entities"/i));
    const removal = apiThrough(shut.gate, api).delete(`/entities/${entityId}`, { "if-match": '"1"' });
    await shut.reachedBy(removal);
    expect((await api.patch(`/entities/${entityId}`, { name: "Other" })).status).toBe(200);
    shut.open();
    expect(codeOf(await removal)).toBe("412 PRECONDITION_FAILED");
    expect((await openMore(api, entityId, "again")).status).toBe(201);
  });
});

/** Those of them that may change something: between two others nothing is left behind. */
const anyChange =
  (when: Call["when"]): Match =>
  (call) =>
    anyStep(when)(call) && !/^\s*select/i.test(call.sql);

describe("a removal that is broken off", () => {
  const ends = ["before", "after"] as const;

  test.each(ends)("%s any of its calls goes on by the clock, to the same end", async (when) => {
    const { api } = await newSite();
    const used = await booksOf(api);
    await post(used, entryOf("cash", "equity", 5));
    for (let nth = 1, isOver = false; !isOver; nth++) {
      const { entityId, ledgerId } = await unused(api);
      const died = await Promise.all(
        [entityId, used.entityId].map((id) => apiThrough(dieAt(anyChange(when), nth), api).delete(`/entities/${id}`)),
      );
      isOver = died[0]?.status === 204 && died[1]?.status === 409;
      await cronThrough(nothing);
      const left = await api.get(`/entities/${entityId}`);
      if (left.status === 404) {
        expect((await api.get(`/ledgers?entityId=${entityId}`)).body.totalCount).toBe(0);
        expect((await api.post("/accounts", { ledgerId, code: "late", name: "Late", type: "bank" })).status).toBe(422);
      } else {
        // It died before anything was decided: the entity is as it was.
        expect(nth).toBe(1);
        expect((await openMore(api, entityId)).status).toBe(201);
      }
      await post(used, entryOf("cash", "equity", 5));
    }
  });

  test.each(ends)("%s any of its calls goes on where it is asked for again", async (when) => {
    const { api } = await newSite();
    for (let nth = 1; ; nth++) {
      const { entityId } = await unused(api);
      const died = await apiThrough(dieAt(anyChange(when), nth), api).delete(`/entities/${entityId}`);
      const again = await api.delete(`/entities/${entityId}`);
      expect([204, 404]).toContain(again.status);
      expect(codeOf(await api.get(`/entities/${entityId}`))).toBe("404 NOT_FOUND");
      if (died.status === 204) break;
    }
  });
});

test("an account whose row comes late is not listed for an entity that is gone", async () => {
  await rounds(async () => {
    const books = await newBooks();
    const shut = shutAt(toDatabase(/INSERT INTO "accounts"/i));
    const opening = apiThrough(shut.gate, books.api).post("/accounts", {
      entityId: books.entityId,
      code: "late",
      name: "Late",
      type: "bank",
    });
    await shut.reachedBy(opening);
    expect((await books.api.delete(`/entities/${books.entityId}`)).status).toBe(204);
    shut.open();
    // The ledger had opened it before it was frozen.
    expect((await opening).status).toBe(201);
    expect((await books.api.get("/entities")).body.totalCount).toBe(0);
    expect(codeOf(await books.api.get(`/accounts?ledgerId=${books.ledgerId}`))).toBe("422 REFERENCE_NOT_FOUND");
  }, 3);
});

/** Whether the entity's functional ledger takes something. */
function openMore(api: Api, entityId: string, code = "more"): Promise<Answer> {
  return api.post("/accounts", { entityId, code, name: "More", type: "bank" });
}
