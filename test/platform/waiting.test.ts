import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { AccessObject } from "../../src/access/access-object.ts";
import { admit } from "../../src/access/leases.ts";
import type { Authority, LeaseOutcome } from "../../src/access/token.ts";
import { afterShort, noteShort } from "../../src/platform/short-first.ts";
import { Turns } from "../../src/platform/turns.ts";
import { entryOf, freshKey, newBooks } from "../support/books.ts";

/** Of a request that was cut off: the platform lets it continue no more. */
const neverEnding = new Promise<never>(() => {});

const authority = { tokenId: "t", plan: 100 } as Authority;

describe("requests that wait for one another", () => {
  test("more bulk requests than run at once are all answered while their ledger is slow", async () => {
    const { runInDurableObject } = await import("cloudflare:test");
    const books = await newBooks();
    const entries = Array.from({ length: 1_000 }, () => entryOf("cash", "sales", 100));
    const { number } = await env.DIRECTORY.prepare("SELECT number FROM ledger_numbers WHERE ledger_id = ?")
      .bind(books.ledgerId)
      .first<{ number: number }>()
      .then((row) => row ?? { number: 0 });
    // Nothing but a clock is waited for: with no I/O of its own, a request counts as hung.
    await runInDurableObject(env.LEDGER.get(env.LEDGER.idFromName(`ledger-${number}`)), (_object, state) => {
      void state.blockConcurrencyWhile(() => scheduler.wait(200));
    });
    const answers = await Promise.all(
      Array.from({ length: 6 }, () =>
        books.api.post("/journal-entries/batch", { entityId: books.entityId, mode: "atomic", entries }, freshKey()),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201, 201, 201, 201]);
  });

  test("turns are taken in order, so many at once and so many waiting", async () => {
    const turns = new Turns({ atOnce: 2, waitingMax: 2, lastsMaxMs: 10_000 });
    const order: number[] = [];
    const works = Array.from({ length: 4 }, () => ({ begins: Promise.withResolvers<void>(), ends: Promise.withResolvers<void>() }));
    const taken = works.map(({ begins, ends }, no) =>
      turns.take(async () => {
        order.push(no);
        begins.resolve();
        await ends.promise;
      }),
    );
    expect(await turns.take(async () => {})).toBeUndefined();
    for (const [no, work] of works.entries()) {
      await work.begins.promise;
      expect(order.length).toBeLessThanOrEqual(no + 2);
      work.ends.resolve();
      await taken[no];
    }
    expect(order).toEqual([0, 1, 2, 3]);
  });

  test("a turn that was never given back is taken by the next, and work that fails gives its turn back", async () => {
    const turns = new Turns({ atOnce: 1, waitingMax: 1, lastsMaxMs: 30 });
    void turns.take(() => neverEnding);
    const failing = turns.take(async () => {
      throw new Error("no good");
    });
    await expect((async () => failing)()).rejects.toThrow("no good");
    expect(await turns.take(async () => "done")).toEqual({ done: "done" });
  });

  test("a request that was cut off while it asked for its key's lease holds up no other", async () => {
    let calls = 0;
    const granted: LeaseOutcome = {
      ok: true,
      lease: { authority, untilMs: Date.now() + 4_000, requests: 10, remaining: 50, noteUse: false },
    };
    const lease = () => (calls++ === 0 ? neverEnding : Promise.resolve(granted));
    // What admit calls of a key's object.
    const namespace = { idFromName: () => "", get: () => ({ lease }) } as unknown as DurableObjectNamespace<AccessObject>;
    const key = `ch_test_${crypto.randomUUID().replaceAll("-", "")}_${"A".repeat(43)}`;
    void admit(namespace, key, Date.now);
    expect(await admit(namespace, key, Date.now)).toMatchObject({ ok: true, remaining: 59 });
    expect(calls).toBe(2);
  });
});

describe("work that takes long", () => {
  afterEach(() => vi.restoreAllMocks());

  /** The order in which a short request, which waits for one turn, and two long pieces of work are done. */
  async function orderOfThree(): Promise<string[]> {
    const order: string[] = [];
    const short = scheduler.wait(0).then(() => order.push("short"));
    const long = [1, 2].map((no) => afterShort(() => order.push(`long ${no}`)));
    await Promise.all([short, ...long]);
    return order;
  }

  test("waits, one piece at a time, for the short requests that are there", async () => {
    noteShort();
    expect(await orderOfThree()).toEqual(["short", "long 1", "long 2"]);
  });

  test("waits for nothing where there has been no short request for a second", async () => {
    noteShort();
    const later = Date.now() + 1_001;
    vi.spyOn(Date, "now").mockReturnValue(later);
    expect(await orderOfThree()).toEqual(["long 1", "long 2", "short"]);
  });
});
