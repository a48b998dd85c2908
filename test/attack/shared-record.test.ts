import { describe, expect, test } from "vitest";
import { freshKey } from "../support/books.ts";
import { operator } from "../support/operator.ts";
import { type Api, request } from "../support/site.ts";
import { apiThrough, cronThrough, dieAt, type Match, outOfReach, rounds, shutAt, toDatabase, toLedger } from "./support/gates.ts";
import {
  entryOn,
  expectShownIsHeld,
  heldBy,
  inDatabases,
  newTwoLedgers,
  openAccounts,
  postIn,
  type TwoLedgers,
  writeInLedger,
} from "./support/shared.ts";

const year = { startDate: "2026-01-01", endDate: "2026-12-31" };
const lock = (api: Api, { path }: TwoLedgers, body: object) => api.send("PUT", `${path}/period-locks`, { body });
const hold = ({ api, path }: TwoLedgers, currency: string, date: string) =>
  api.post(`${path}/holds`, { ...entryOn(date, currency), groupId: crypto.randomUUID() }, freshKey());
const locksShown = async ({ api, path }: TwoLedgers) =>
  (await api.get(`${path}/period-locks`)).body.ledgers.map(({ locks }: { locks: { startDate: string; level: string }[] }) =>
    locks.map(({ startDate, level }) => `${startDate} ${level}`),
  );
/** A write to one of the entity's ledgers: the first to be met there, or by the currency's place. */
const tells: Match = (call) => toLedger("write")(call) && JSON.stringify(call.args).includes("set_shared_record");

/** The calls of one ledger's object. */
async function callsOf(ledgerId: string): Promise<Match> {
  const { env } = await import("cloudflare:workers");
  const [row] = await inDatabases<{ number: number }>("SELECT number FROM ledgers WHERE id = ?", ledgerId);
  const object = env.LEDGER.idFromName(`ledger-${row?.number}`).toString();
  return (call) => call.binding === "LEDGER" && call.object === object && call.when === "before";
}

describe("a change that is refused has changed nothing in any ledger", () => {
  test.each([
    ["an external id that is taken", { externalId: "taken" }, {}, 409],
    ["a stale If-Match", {}, { "if-match": '"9"' }, 412],
  ])("%s", async (_, change, headers, status) => {
    const books = await newTwoLedgers({ approvalPolicy: "four_eyes" });
    await books.api.post("/entities", { name: "Other", functionalCurrency: "USD", externalId: "taken" });
    const preparer = await books.api.withRole("PREPARER");
    const refused = await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy: "none", ...change }, headers);
    expect(refused.status).toBe(status);
    for (const currency of ["USD", "EUR"]) expect((await postIn(preparer, books, currency)).status).toBe(202);
    expect(await expectShownIsHeld(books)).toMatchObject({ policy: "four_eyes" });
  });

  test("another change of the entity that came between", async () => {
    const books = await newTwoLedgers({ approvalPolicy: "four_eyes" });
    await rounds(async (round) => {
      const shut = shutAt(toDatabase(/update "entities"/));
      const held = apiThrough(shut.gate, books.api).patch(`/entities/${books.entityId}`, { approvalPolicy: "none" });
      await shut.reachedBy(held);
      expect((await books.api.patch(`/entities/${books.entityId}`, { name: `Acme ${round}` })).status).toBe(200);
      shut.open();
      expect((await held).status).toBe(412);
      expect(await expectShownIsHeld(books)).toMatchObject({ policy: "four_eyes" });
    });
  });
});

describe("two changes of the policy at once end with what is shown being what is held", () => {
  const points: [string, Match, number][] = [
    ["before its first ledger", tells, 1],
    ["before its second ledger", tells, 2],
    ["before it is decided", toDatabase(/update "entities"/), 1],
    ["before it is shown", toDatabase(/"held_revision" = \?/), 1],
  ];
  test.each(points)("one of them held %s", async (_, match, nth) => {
    const books = await newTwoLedgers();
    await rounds(async (round) => {
      const [first, second] = round % 2 === 0 ? (["none", "required"] as const) : (["four_eyes", "required"] as const);
      const shut = shutAt(match, nth);
      const held = apiThrough(shut.gate, books.api).patch(`/entities/${books.entityId}`, { approvalPolicy: first });
      await shut.reachedBy(held);
      const other = await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy: second });
      expect(other.status).toBe(200);
      shut.open();
      expect([200, 412]).toContain((await held).status);
      expect(await expectShownIsHeld(books)).toMatchObject({ policy: second });
    });
  });

  test("both let go at once", async () => {
    const books = await newTwoLedgers();
    await rounds(async () => {
      const statuses = await Promise.all(
        (["none", "four_eyes", "required"] as const).map(async (approvalPolicy) => {
          const { status } = await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy });
          return status;
        }),
      );
      expect(statuses).toContain(200);
      await expectShownIsHeld(books);
    });
  });
});

describe("a new ledger", () => {
  test("has the locks and the policy of its entity from its first entry on", async () => {
    const books = await newTwoLedgers({ approvalPolicy: "required" });
    await lock(books.api, books, { ...year, level: "hard" });
    expect((await books.api.post("/ledgers", { entityId: books.entityId, currency: "GBP" })).status).toBe(201);
    await openAccounts(books.api, books.entityId, "GBP");
    expect(await postIn(books.api, books, "GBP")).toMatchObject({ status: 422, body: { error: { code: "PERIOD_LOCKED" } } });
    expect((await postIn(await books.api.withRole("PREPARER"), books, "GBP", "2027-01-01")).status).toBe(202);
    await expectShownIsHeld(books);
  });

  test("has a lock that was set between its first facts and its listing", async () => {
    const books = await newTwoLedgers();
    const currencies = ["GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "CAD", "AUD"];
    await rounds(async (round) => {
      const currency = currencies[round - 1] ?? "";
      const shut = shutAt(toDatabase(/insert into "ledgers"/));
      const held = apiThrough(shut.gate, books.api).post("/ledgers", { entityId: books.entityId, currency });
      await shut.reachedBy(held);
      const until = `${2025 + round}-12-31`;
      expect((await lock(books.api, books, { startDate: "2025-01-01", endDate: until, level: "hard" })).status).toBe(200);
      shut.open();
      expect((await held).status).toBe(201);
      await openAccounts(books.api, books.entityId, currency);
      expect(await postIn(books.api, books, currency, until)).toMatchObject({ body: { error: { code: "PERIOD_LOCKED" } } });
      await expectShownIsHeld(books);
    });
  });
});

describe("a ledger that cannot answer", () => {
  test("leaves a policy pending: shown is what all hold, the others have it, and the sweep brings it to the end", async () => {
    const books = await newTwoLedgers();
    const [dollars = "", euros = ""] = books.ledgerIds;
    const preparer = await books.api.withRole("PREPARER");
    const away = outOfReach(await callsOf(euros));
    const set = await apiThrough(away, books.api).patch(`/entities/${books.entityId}`, { approvalPolicy: "four_eyes", name: "New" });
    const pending = { revision: 1, ledgers: [euros] };
    expect(set).toMatchObject({ status: 202, body: { name: "New", approvalPolicy: "none", pending } });
    expect(set.headers.get("etag")).toBe('"2"');
    expect(await apiThrough(away, books.api).get(`/entities/${books.entityId}`)).toMatchObject({
      status: 200,
      body: { approvalPolicy: "none", pending },
    });
    // The tightening counts where it is held already.
    expect((await heldBy(dollars)).content.policy).toBe("four_eyes");
    expect((await postIn(preparer, books, "USD")).status).toBe(202);
    expect((await postIn(preparer, books, "EUR")).status).toBe(201);
    await cronThrough(away);
    expect((await heldBy(euros)).revision).toBe(0);
    await cronThrough(() => {});
    expect((await heldBy(euros)).content.policy).toBe("four_eyes");
    expect(await expectShownIsHeld(books)).toMatchObject({ policy: "four_eyes" });
    expect((await books.api.get("/entities")).body.data).toMatchObject([{ approvalPolicy: "four_eyes", revision: 2 }]);
  });

  test("leaves a lock pending, which the next reader brings to the end", async () => {
    const books = await newTwoLedgers();
    const [, euros = ""] = books.ledgerIds;
    const away = outOfReach(await callsOf(euros));
    const set = await lock(apiThrough(away, books.api), books, { ...year, level: "hard" });
    expect(set).toMatchObject({
      status: 202,
      body: {
        pending: { revision: 1, ledgers: [euros] },
        ledgers: [
          { currency: "USD", outcome: "applied", openDrafts: 0, locks: [{ level: "hard" }] },
          { currency: "EUR", outcome: "pending", error: { code: "OVERLOADED" } },
        ],
      },
    });
    const shown = await apiThrough(away, books.api).get(`${books.path}/period-locks`);
    expect(shown).toMatchObject({ status: 200, body: { pending: { ledgers: [euros] }, ledgers: [{ locks: [] }, { locks: [] }] } });
    expect(await postIn(books.api, books, "USD")).toMatchObject({ body: { error: { code: "PERIOD_LOCKED" } } });
    expect(await locksShown(books)).toEqual([["2026-01-01 hard"], ["2026-01-01 hard"]]);
    expect(await postIn(books.api, books, "EUR")).toMatchObject({ body: { error: { code: "PERIOD_LOCKED" } } });
    expect(await lock(books.api, books, { ...year, level: "hard" })).toMatchObject({ status: 200 });
  });

  test("keeps no wish from being followed by another", async () => {
    const books = await newTwoLedgers();
    const [, euros = ""] = books.ledgerIds;
    const away = apiThrough(outOfReach(await callsOf(euros)), books.api);
    expect((await away.patch(`/entities/${books.entityId}`, { approvalPolicy: "four_eyes" })).status).toBe(202);
    expect((await lock(away, books, { ...year, level: "soft" })).status).toBe(202);
    expect(await away.patch(`/entities/${books.entityId}`, { approvalPolicy: "required" })).toMatchObject({
      status: 202,
      body: { approvalPolicy: "none", pending: { revision: 3 } },
    });
    await cronThrough(() => {});
    expect(await expectShownIsHeld(books)).toMatchObject({ policy: "required", locks: [{ level: "soft" }] });
  });
});

describe("a request that dies after any of its steps", () => {
  test.each([
    ["the policy", (api: Api, { entityId }: TwoLedgers) => api.patch(`/entities/${entityId}`, { approvalPolicy: "four_eyes" })],
    ["a lock", (api: Api, books: TwoLedgers) => lock(api, books, { ...year, level: "hard" })],
  ] as const)("that sets %s: the sweep ends what it has begun, in all ledgers or in none", async (_, change) => {
    let [done, none] = [0, 0];
    for (let step = 1; ; step++) {
      const books = await newTwoLedgers();
      const isStep: Match = ({ binding, when }) => (binding === "LEDGER" || binding.startsWith("SITE_DB")) && when === "after";
      const answer = await change(apiThrough(dieAt(isStep, step), books.api), books);
      if (answer.status === 200) break;
      await cronThrough(() => {});
      const { policy, locks } = await expectShownIsHeld(books);
      if (policy === "four_eyes" || locks.length > 0) done += 1;
      else none += 1;
    }
    expect(done).toBeGreaterThan(1);
    expect(none).toBeGreaterThan(1);
  });
});

describe("locks of an entity", () => {
  test.each([1, 2])("two at once are both held by all, one of them held before ledger %i", async (nth) => {
    const books = await newTwoLedgers();
    await rounds(async (round) => {
      const month = (no: number) => ({ startDate: `${2000 + round}-0${no}-01`, endDate: `${2000 + round}-0${no}-28` });
      const shut = shutAt(tells, nth);
      const held = lock(apiThrough(shut.gate, books.api), books, { ...month(1), level: "hard" });
      await shut.reachedBy(held);
      expect((await lock(books.api, books, { ...month(3), level: "soft" })).status).toBe(200);
      shut.open();
      expect((await held).status).toBe(200);
      const both = [`${2000 + round}-01-01 hard`, `${2000 + round}-03-01 soft`];
      for (const shown of await locksShown(books)) expect(shown.slice(-2)).toEqual(both);
      await expectShownIsHeld(books);
    });
  });

  test("one and a change of the policy at once are both held by all", async () => {
    const books = await newTwoLedgers();
    await rounds(async (round) => {
      const shut = shutAt(toDatabase(/update "shared_records"/), 1);
      const startDate = `${2000 + round}-01-01`;
      const held = lock(apiThrough(shut.gate, books.api), books, { startDate, endDate: startDate, level: "hard" });
      await shut.reachedBy(held);
      const approvalPolicy = round % 2 === 0 ? "none" : "required";
      expect((await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy })).status).toBe(200);
      shut.open();
      expect((await held).status).toBe(200);
      const content = await expectShownIsHeld(books);
      expect(content.policy).toBe(approvalPolicy);
      expect(content.locks).toHaveLength(round);
    });
  });

  test("who may lift a hard one is asked of the record: one that comes between counts", async () => {
    const books = await newTwoLedgers();
    const approver = await books.api.withRole("APPROVER");
    await rounds(async (round) => {
      const day = { startDate: `${2000 + round}-01-01`, endDate: `${2000 + round}-01-01` };
      const shut = shutAt(toDatabase(/update "shared_records"/));
      const held = lock(apiThrough(shut.gate, approver), books, { ...day, level: "soft" });
      await shut.reachedBy(held);
      expect((await lock(books.api, books, { ...day, level: "hard" })).status).toBe(200);
      shut.open();
      expect(await held).toMatchObject({ status: 422, body: { error: { code: "LOCK_NOT_LIFTED" } } });
      expect((await expectShownIsHeld(books)).locks.at(-1)?.level).toBe("hard");
    });
  });

  test("are set in all ledgers or in none where a hold of a group stands inside in one", async () => {
    const books = await newTwoLedgers();
    const [, euros = ""] = books.ledgerIds;
    const placed = await hold(books, "EUR", "2026-03-10");
    expect(placed.status).toBe(201);
    const refused = await lock(books.api, books, { ...year, level: "hard" });
    expect(refused).toMatchObject({
      status: 409,
      body: { error: { code: "IN_USE", details: [{ pointer: "/startDate", holdId: placed.body.id, ledgerId: euros }] } },
    });
    expect(await expectShownIsHeld(books)).toMatchObject({ locks: [] });
    expect(await inDatabases("SELECT revision FROM shared_records WHERE entity_id = ?", books.entityId)).toEqual([{ revision: 0 }]);
    expect((await lock(books.api, books, { ...year, endDate: "2026-03-09", level: "hard" })).status).toBe(200);
  });

  test("are taken back from all where such a hold is placed after the ledgers were asked", async () => {
    const books = await newTwoLedgers();
    await lock(books.api, books, { startDate: "1999-01-01", endDate: "1999-12-31", level: "soft", reason: "kept" });
    await rounds(async (round) => {
      const date = `${2000 + round}-03-10`;
      const shut = shutAt(toDatabase(/update "shared_records"/));
      const held = lock(apiThrough(shut.gate, books.api), books, { startDate: `${2000 + round}-01-01`, endDate: date, level: "hard" });
      await shut.reachedBy(held);
      const placed = await hold(books, round % 2 === 0 ? "EUR" : "USD", date);
      expect(placed.status).toBe(201);
      shut.open();
      expect(await held).toMatchObject({ status: 409, body: { error: { code: "IN_USE", details: [{ holdId: placed.body.id }] } } });
      expect((await expectShownIsHeld(books)).locks).toMatchObject([{ reason: "kept" }]);
      expect((await postIn(books.api, books, "USD", date)).status).toBe(201);
    });
  });

  test("are taken back by whoever tells the ledgers, and whoever set them is told so", async () => {
    const books = await newTwoLedgers();
    const shut = shutAt(tells, 3);
    const held = lock(apiThrough(shut.gate, books.api), books, { ...year, level: "hard" });
    await shut.reachedBy(held);
    // Asked of both, and told to the other alone.
    const placed = await hold(books, "USD", "2026-03-10");
    expect(placed.status).toBe(201);
    expect((await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy: "required" })).status).toBe(200);
    shut.open();
    expect(await held).toMatchObject({ status: 409, body: { error: { code: "IN_USE" } } });
    expect(await expectShownIsHeld(books)).toMatchObject({ policy: "required", locks: [] });
  });

  test("that a ledger refuses after it could not be asked are taken back by the sweep, and others stay", async () => {
    const books = await newTwoLedgers();
    const [, euros = ""] = books.ledgerIds;
    expect((await hold(books, "EUR", "2026-03-10")).status).toBe(201);
    const away = apiThrough(outOfReach(await callsOf(euros)), books.api);
    expect((await lock(away, books, { ...year, level: "hard" })).status).toBe(202);
    expect((await lock(away, books, { startDate: "2025-01-01", endDate: "2025-12-31", level: "soft" })).status).toBe(202);
    await cronThrough(() => {});
    expect(await locksShown(books)).toEqual([["2025-01-01 soft"], ["2025-01-01 soft"]]);
    await expectShownIsHeld(books);
  });
});

test("the locks of an entity have no more text together than a row of the platform holds twice, and may be lifted", async () => {
  const books = await newTwoLedgers();
  const reason = "語".repeat(500);
  const locks = Array.from({ length: 590 }, (_, i) => ({ startDay: 2 * i, endDay: 2 * i, module: "all", level: "soft", reason }));
  await inDatabases(
    "UPDATE shared_records SET content = ?1, held = ?1 WHERE entity_id = ?2",
    JSON.stringify({ policy: "none", locks }),
    books.entityId,
  );
  const oneMore = { ...year, level: "soft", reason: "One more" };
  expect(await lock(books.api, books, oneMore)).toMatchObject({
    status: 400,
    body: { error: { code: "VALIDATION_ERROR", details: [{ pointer: "/reason" }] } },
  });
  expect((await lock(books.api, books, { startDate: "1970-01-01", endDate: "1970-12-31", level: "open" })).status).toBe(200);
  expect((await lock(books.api, books, oneMore)).status).toBe(200);
});

describe("an entity of an earlier build, whose ledgers were told one by one", () => {
  async function earlier(): Promise<TwoLedgers> {
    const books = await newTwoLedgers();
    const [dollars = "", euros = ""] = books.ledgerIds;
    await writeInLedger(dollars, { kind: "set_approval_policy", policy: "required" });
    await writeInLedger(dollars, {
      kind: "lock_period",
      startDate: "2026-01-01",
      endDate: "2026-06-30",
      module: "all",
      level: "hard",
      reason: "H1",
    });
    await writeInLedger(euros, { kind: "lock_period", startDate: "2026-04-01", endDate: "2026-12-31", module: "all", level: "soft" });
    await inDatabases("DELETE FROM shared_records WHERE entity_id = ?", books.entityId);
    return books;
  }
  const strictest = [
    { startDate: "2026-01-01", endDate: "2026-06-30", level: "hard", reason: "H1" },
    { startDate: "2026-07-01", endDate: "2026-12-31", level: "soft" },
  ];

  test("is shown as each ledger holds it, until its record is made of the strictest", async () => {
    const books = await earlier();
    expect(await locksShown(books)).toEqual([["2026-01-01 hard"], ["2026-04-01 soft"]]);
    const set = await lock(books.api, books, { startDate: "2027-01-01", endDate: "2027-12-31", level: "soft" });
    expect(set).toMatchObject({ status: 200, body: { ledgers: Array(2).fill({ locks: [...strictest, { startDate: "2027-01-01" }] }) } });
    expect(await expectShownIsHeld(books)).toMatchObject({ policy: "required" });
  });

  test.each([
    ["a new ledger", (books: TwoLedgers) => books.api.post("/ledgers", { entityId: books.entityId, currency: "GBP" })],
    ["the sweep", () => cronThrough(() => {})],
    ["a change of the policy", (books: TwoLedgers) => books.api.patch(`/entities/${books.entityId}`, { approvalPolicy: "four_eyes" })],
  ] as const)("has it made by %s", async (by, work) => {
    const books = await earlier();
    // The sweep makes some at a time.
    for (let run = 0; run < 20; run++) {
      await work(books);
      const [found] = await inDatabases("SELECT 1 FROM shared_records WHERE entity_id = ?", books.entityId);
      if (found !== undefined) break;
    }
    const content = await expectShownIsHeld(books);
    expect(content.policy).toBe(by === "a change of the policy" ? "four_eyes" : "required");
    const { body } = await books.api.get(`${books.path}/period-locks`);
    for (const ledger of body.ledgers) expect(ledger.locks).toMatchObject(strictest);
  });

  test("keeps a lock that a hold of a group stands in in another ledger: it waits there until that is settled", async () => {
    const books = await newTwoLedgers();
    const [dollars = "", euros = ""] = books.ledgerIds;
    const placed = await hold(books, "EUR", "2026-03-10");
    await writeInLedger(dollars, { kind: "lock_period", startDate: "2026-01-01", endDate: "2026-06-30", module: "all", level: "hard" });
    await inDatabases("DELETE FROM shared_records WHERE entity_id = ?", books.entityId);
    expect(await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy: "required" })).toMatchObject({
      status: 202,
      body: { pending: { ledgers: [euros] } },
    });
    expect(await postIn(books.api, books, "USD", "2026-03-10")).toMatchObject({ body: { error: { code: "PERIOD_LOCKED" } } });
    expect((await books.api.post(`/holds/${placed.body.id}/settle`, {}, freshKey())).status).toBe(201);
    expect(await expectShownIsHeld(books)).toMatchObject({ policy: "required", locks: [{ level: "hard" }] });
  });
});

describe("the record", () => {
  test("outruns a ledger that has passed it, as after a database was restored", async () => {
    const books = await newTwoLedgers();
    for (const approvalPolicy of ["required", "four_eyes"]) await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy });
    await inDatabases(
      `UPDATE shared_records SET revision = 1, held_revision = 1, content = '{"policy":"required","locks":[]}' WHERE entity_id = ?`,
      books.entityId,
    );
    expect((await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy: "none" })).status).toBe(200);
    expect(await expectShownIsHeld(books)).toMatchObject({ policy: "none" });
  });

  const healed = async (ledgerId: string) => {
    const [ledger] = await inDatabases<{ number: number }>("SELECT number FROM ledgers WHERE id = ?", ledgerId);
    const answer = await request("POST", `/operator/ledgers/${ledger?.number}/heal`, operator, "{}");
    expect(answer.status).toBe(200);
  };

  test("has again what was set last when a database was restored to an earlier time", async () => {
    const books = await newTwoLedgers();
    const [dollars = ""] = books.ledgerIds;
    expect((await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy: "four_eyes" })).status).toBe(200);
    expect((await lock(books.api, books, { ...year, level: "hard" })).status).toBe(200);
    await inDatabases(
      `UPDATE shared_records SET revision = 0, held_revision = 0, content = '{}', held = '{}' WHERE entity_id = ?`,
      books.entityId,
    );
    await inDatabases("UPDATE entities SET approval_policy = 'none' WHERE id = ?", books.entityId);
    await healed(dollars);
    expect(await expectShownIsHeld(books)).toMatchObject({ policy: "four_eyes", locks: [{ level: "hard" }] });
    await healed(dollars);
    await expectShownIsHeld(books);
  });

  test("is told again to a ledger that was restored to an earlier time", async () => {
    const books = await newTwoLedgers();
    const [dollars = "", euros = ""] = books.ledgerIds;
    await books.api.patch(`/entities/${books.entityId}`, { approvalPolicy: "four_eyes" });
    // Of the two only this one has lost it: an older record is written past it, as no edge does.
    await writeInLedger(euros, { kind: "set_approval_policy", policy: "none" });
    await healed(dollars);
    expect(await expectShownIsHeld(books)).toMatchObject({ policy: "four_eyes" });
  });

  test("goes with its entity", async () => {
    const books = await newTwoLedgers({ approvalPolicy: "required" });
    expect((await books.api.delete(`/entities/${books.entityId}`)).status).toBe(204);
    expect(await inDatabases("SELECT 1 FROM shared_records WHERE entity_id = ?", books.entityId)).toEqual([]);
  });
});
