import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { openDatabase } from "../../../src/db/site-database.ts";
import { type Books, booksOf, entryOf, freshKey, newBooks, post } from "../../support/books.ts";
import type { Api } from "../../support/site.ts";

const refusedAs = (status: number, code: string) =>
  expect.objectContaining({ status, body: expect.objectContaining({ error: expect.objectContaining({ code }) }) });
const unknown = refusedAs(404, "NOT_FOUND");

interface Working extends Books {
  readonly siteId: string;
  readonly db: D1DatabaseSession;
  /** The object of a generation of the ledger. */
  readonly object: (generation?: number) => ReturnType<typeof env.LEDGER.getByName>;
}

async function workingBooks(books: Promise<Books> | Books): Promise<Working> {
  const made = await books;
  const siteId: string = (await made.api.get("/me")).body.site.id;
  const [site, ledger] = await Promise.all([
    env.DIRECTORY.prepare("SELECT database FROM sites WHERE id = ?").bind(siteId).first<{ database: string }>(),
    env.DIRECTORY.prepare("SELECT number FROM ledger_numbers WHERE ledger_id = ?").bind(made.ledgerId).first<{ number: number }>(),
  ]);
  const object = (generation = 0) => env.LEDGER.getByName(`ledger-${ledger?.number}${generation === 0 ? "" : `-g${generation}`}`);
  return { ...made, siteId, db: openDatabase(env, site?.database ?? ""), object };
}

const startVerification = async ({ api, ledgerId }: Books): Promise<{ readonly id: string }> => {
  const started = await api.post(`/ledgers/${ledgerId}/verify`, undefined);
  expect(started.status).toBe(202);
  return started.body;
};

/** Has a job come to its end. */
async function end({ api, object }: Working, id: string, generations: readonly number[] = [0]) {
  for (;;) {
    const { body } = await api.get(`/jobs/${id}`);
    if (body.status !== "running") return body;
    for (const generation of generations) await runDurableObjectAlarm(object(generation));
  }
}

const verified = async (books: Working) => end(books, (await startVerification(books)).id);

/** Has the checks of an object run as if they had just begun, with no alarm that would go on with them. */
async function holdChecks(books: Working, generation = 0): Promise<void> {
  await runInDurableObject(books.object(generation), (_object, state) => {
    state.storage.sql.exec(
      "UPDATE verification SET state = json_set(state, '$.status', 'running', '$.finishedAt', NULL, '$.result', NULL)",
    );
  });
}

const idsOf = (answer: { readonly body: { readonly data: readonly { readonly id: string }[] } }) => answer.body.data.map(({ id }) => id);
const withinEntity = ({ api }: Books, entityId: string): Promise<Api> => api.withRole("ADMIN", { entityIds: [entityId] });

test("a job of a ledger is there for keys that reach the ledger's entity, and for no other", async () => {
  const [books, elsewhere] = await Promise.all([newBooks(), newBooks()]);
  const second = await booksOf(books.api);
  const { id } = await startVerification(books);
  const [within, beside] = await Promise.all([withinEntity(books, books.entityId), withinEntity(books, second.entityId)]);
  expect(await within.get(`/jobs/${id}`)).toMatchObject({ status: 200, body: { id, type: "verify_ledger" } });
  expect(idsOf(await within.get("/jobs"))).toEqual([id]);
  for (const api of [beside, elsewhere.api]) {
    expect(await api.get(`/jobs/${id}`)).toEqual(unknown);
    expect(await api.post(`/jobs/${id}/cancel`, undefined)).toEqual(unknown);
    expect((await api.get("/jobs")).body).toMatchObject({ data: [], totalCount: 0 });
    expect((await api.get("/jobs?status=succeeded")).body).toMatchObject({ data: [], totalCount: 0 });
  }
  expect(await books.api.get(`/jobs/${crypto.randomUUID()}`)).toEqual(unknown);
  expect(await books.api.post(`/jobs/${crypto.randomUUID()}/cancel`, undefined)).toEqual(unknown);
});

describe("a job", () => {
  test("says whose it is, what it is about, and where it leads", async () => {
    const books = await workingBooks(newBooks());
    const { api, entityId, ledgerId } = books;
    const { body: me } = await api.get("/me");
    const started = await api.post(`/ledgers/${ledgerId}/verify`, undefined);
    const { id } = started.body;
    const done = await end(books, id);
    expect(done).toMatchObject({
      status: "succeeded",
      error: null,
      owner: { kind: me.token.kind, id: me.token.principalId },
      entityId,
      ledgerId,
    });
    expect(done.links).toEqual({ self: `/api/v1/jobs/${id}`, ledger: `/api/v1/ledgers/${ledgerId}`, cancel: null });
    expect([done.progress.done, done.progress.total]).toEqual([done.progress.sequence, done.progress.head]);
    expect(started.body).toMatchObject({ owner: done.owner, links: { cancel: `/api/v1/jobs/${id}/cancel` } });
    expect((await api.get("/jobs")).body.data).toEqual([done]);
  });

  test("stays whose it is when somebody else asks for the same", async () => {
    const books = await workingBooks(newBooks());
    const { id } = await verified(books);
    await holdChecks(books);
    const other = await books.api.withRole("REVIEWER");
    const asked = await other.post(`/ledgers/${books.ledgerId}/verify`, undefined);
    const { body: me } = await books.api.get("/me");
    expect(asked.body).toMatchObject({ id, owner: { kind: me.token.kind, id: me.token.principalId } });
  });

  test("of before owners were noted has none", async () => {
    const books = await workingBooks(newBooks());
    const { id } = await verified(books);
    await books.db.prepare("UPDATE jobs SET owner_kind = NULL, owner_id = NULL WHERE site_id = ?").bind(books.siteId).run();
    expect((await books.api.get(`/jobs/${id}`)).body.owner).toBeNull();
  });

  test("that its ledger has forgotten is neither read nor listed", async () => {
    const books = await workingBooks(newBooks());
    const { api, siteId, db } = books;
    const { id } = await verified(books);
    await runInDurableObject(books.object(), (_object, state) => void state.storage.sql.exec("DELETE FROM verification"));
    expect(await api.get(`/jobs/${id}`)).toEqual(unknown);
    expect(await api.post(`/jobs/${id}/cancel`, undefined)).toEqual(unknown);
    expect((await api.get("/jobs")).body.data).toEqual([]);
    expect((await api.get("/jobs?status=running")).body).toMatchObject({ data: [], totalCount: 0 });
    expect(await db.prepare("SELECT count(*) AS n FROM jobs WHERE site_id = ?").bind(siteId).first("n")).toBe(0);
  });
});

describe("the list of jobs", () => {
  test("has each once, the latest first, page by page, and in the other order", async () => {
    const books = await workingBooks(newBooks());
    const ids: string[] = [];
    for (let no = 0; no < 3; no += 1) ids.push((await verified(books)).id);
    const all = (await books.api.get("/jobs")).body;
    expect(all).toMatchObject({ totalCount: 3, hasMore: false });
    expect(idsOf(await books.api.get("/jobs?sort=createdAt:asc")).sort()).toEqual([...ids].sort());
    const paged: string[] = [];
    for (let query = "/jobs?limit=1"; ; ) {
      const page = await books.api.get(query);
      paged.push(...idsOf(page));
      if (!page.body.hasMore) break;
      query = `/jobs?limit=1&cursor=${page.body.nextCursor}`;
    }
    expect(paged).toEqual(all.data.map(({ id }: { id: string }) => id));
  });

  test("is narrowed by type, ledger, entity and the company in the path", async () => {
    const first = await workingBooks(newBooks());
    const { api } = first;
    const second = await workingBooks(booksOf(api));
    const one = await verified(first);
    const two = await verified(second);
    await post(second, entryOf("cash", "equity", 100));
    const { body: closing } = await api.post(`/ledgers/${second.ledgerId}/close-out`, { force: true }, freshKey());
    const found = async (query: string, path = "/jobs") => idsOf(await api.get(`${path}?${query}`)).sort();
    expect(await found("type=verify_ledger")).toEqual([one.id, two.id].sort());
    expect(await found("type=close_out_ledger")).toEqual([closing.id]);
    expect(await found(`ledgerId=${first.ledgerId}`)).toEqual([one.id]);
    expect(await found(`entityId=${second.entityId}`)).toEqual([two.id, closing.id].sort());
    expect(await found("", `/companies/${first.entityId}/jobs`)).toEqual([one.id]);
    expect(await found(`entityId=${second.entityId}&ledgerId=${first.ledgerId}`)).toEqual([]);
    expect(await api.get("/jobs?type=dream")).toEqual(refusedAs(400, "VALIDATION_ERROR"));
  });

  test("is narrowed by status as it is at this moment, though nobody has asked for the jobs since", async () => {
    const books = await workingBooks(newBooks());
    const { api, siteId, db } = books;
    const done = await verified(books);
    const { id } = await startVerification(books);
    await end(books, id);
    await runInDurableObject(books.object(), (_object, state) => {
      state.storage.sql.exec("UPDATE verification SET state = json_set(state, '$.status', 'failed') WHERE id = ?", id);
    });
    const rows = async () =>
      (await db.prepare("SELECT status FROM jobs WHERE site_id = ? ORDER BY status").bind(siteId).all()).results.map(
        ({ status }) => status,
      );
    expect(await rows()).toEqual(["running", "running"]);
    // While the site is moved nothing is noted, and the list answers all the same.
    await db.prepare("INSERT INTO site_fences (site_id, epoch, state) VALUES (?, 1, 'closed')").bind(siteId).run();
    expect((await api.get("/jobs?status=running")).status).toBe(200);
    expect(await rows()).toEqual(["running", "running"]);
    await db.prepare("DELETE FROM site_fences WHERE site_id = ?").bind(siteId).run();
    expect((await api.get("/jobs?status=succeeded")).body).toMatchObject({ data: [{ id: done.id }], totalCount: 1 });
    expect((await api.get("/jobs?status=failed")).body).toMatchObject({
      data: [{ id, status: "failed", error: { code: "FAULTS_FOUND" } }],
      totalCount: 1,
    });
    for (const status of ["queued", "running", "cancelled"]) expect(idsOf(await api.get(`/jobs?status=${status}`))).toEqual([]);
    expect(await rows()).toEqual(["failed", "succeeded"]);
  });
});

describe("cancelling", () => {
  test("ends a verification where it is; it stays so, and the next one begins anew", async () => {
    const books = await workingBooks(newBooks());
    await post(books, entryOf("cash", "equity", 100));
    const { id } = await verified(books);
    await holdChecks(books);
    const reviewer = await books.api.withRole("REVIEWER");
    const cancelled = await reviewer.post(`/jobs/${id}/cancel`, undefined);
    expect(cancelled).toMatchObject({ status: 200, body: { id, status: "cancelled", result: null, error: null, links: { cancel: null } } });
    expect(cancelled.body.finishedAt).not.toBeNull();
    expect(await books.api.post(`/engine/jobs/${id}/cancel`, undefined)).toMatchObject({ status: 200, body: cancelled.body });
    await evictDurableObject(books.object());
    await runDurableObjectAlarm(books.object());
    expect((await books.api.get(`/jobs/${id}`)).body).toEqual(cancelled.body);
    expect(idsOf(await books.api.get("/jobs?status=cancelled"))).toEqual([id]);
    const next = await verified(books);
    expect(next.id).not.toBe(id);
    expect(next).toMatchObject({ status: "succeeded", result: { ok: true } });
  });

  test("is an agent's of what it asked for itself alone", async () => {
    const books = await workingBooks(newBooks());
    const { id } = await verified(books);
    await holdChecks(books);
    const [agent, other] = await Promise.all(["Auditor", "Another"].map((name) => books.api.withRole("REVIEWER", { kind: "agent", name })));
    expect(await agent?.post(`/jobs/${id}/cancel`, undefined)).toEqual(refusedAs(403, "FORBIDDEN"));
    expect((await books.api.get(`/jobs/${id}`)).body.status).toBe("running");
    expect(await books.api.post(`/jobs/${id}/cancel`, undefined)).toMatchObject({ status: 200, body: { status: "cancelled" } });
    const own = await agent?.post(`/ledgers/${books.ledgerId}/verify`, undefined);
    expect(own?.status).toBe(202);
    expect(await other?.post(`/jobs/${own?.body.id}/cancel`, undefined)).toEqual(refusedAs(403, "FORBIDDEN"));
    expect((await agent?.post(`/jobs/${own?.body.id}/cancel`, undefined))?.status).toBe(200);
  });

  test("leaves one that has ended as it ended", async () => {
    const books = await workingBooks(newBooks());
    const done = await verified(books);
    expect(await books.api.post(`/jobs/${done.id}/cancel`, undefined)).toMatchObject({ status: 200, body: done });
  });

  test("of a ledger's close-out is refused", async () => {
    const books = await newBooks();
    await post(books, entryOf("cash", "equity", 100));
    const { body: job } = await books.api.post(`/ledgers/${books.ledgerId}/close-out`, { force: true }, freshKey());
    expect(job.links.cancel).toBeNull();
    expect(await books.api.post(`/jobs/${job.id}/cancel`, undefined)).toEqual(refusedAs(409, "JOB_NOT_CANCELLABLE"));
  });

  test("ends the parts that earlier generations still work on", async () => {
    const books = await workingBooks(newBooks());
    await post(books, entryOf("cash", "equity", 100));
    const { body: closing } = await books.api.post(`/ledgers/${books.ledgerId}/close-out`, { force: true }, freshKey());
    await end(books, closing.id);
    const { id } = await startVerification(books);
    expect(await end(books, id, [0, 1])).toMatchObject({ status: "succeeded" });
    await holdChecks(books, 0);
    expect((await books.api.get(`/jobs/${id}`)).body.status).toBe("running");
    expect(await books.api.post(`/jobs/${id}/cancel`, undefined)).toMatchObject({
      status: 200,
      body: { status: "cancelled", result: null },
    });
    const states = await runInDurableObject(books.object(0), (_object, state) =>
      state.storage.sql.exec("SELECT state ->> '$.status' AS status FROM verification").toArray(),
    );
    expect(states).toEqual([{ status: "cancelled" }]);
    expect((await end(books, (await startVerification(books)).id, [0, 1])).status).toBe("succeeded");
  });
});
