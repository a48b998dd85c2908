import { createExecutionContext, createScheduledController } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import worker from "../../src/index.ts";
import { type Cron, crons } from "../../src/jobs/crons.ts";
import { runCrons } from "../../src/jobs/run-crons.ts";
import { backgroundAt } from "../support/background.ts";
import { newSite } from "../support/site.ts";

afterEach(() => vi.restoreAllMocks());

const hourly = "23 * * * *";
const parts = { env, waitUntil: () => undefined };

test.each(Object.keys(crons))("a failure of the cron %s is logged by its name, and the others run", async (failing) => {
  const logged = vi.spyOn(console, "error").mockReturnValue();
  const ran: string[] = [];
  const table = Object.fromEntries(
    Object.keys(crons).map((name): [string, Cron] => [
      name,
      {
        at: hourly,
        async run({ actor }) {
          ran.push(actor.id);
          if (name === failing) throw new Error("It fails.");
        },
      },
    ]),
  );
  await runCrons(hourly, parts, table);
  expect(ran).toEqual(Object.keys(crons).map((name) => `countinghouse/${name}`));
  expect(logged.mock.calls.map(([line]) => JSON.parse(line))).toMatchObject([{ event: "cron_failed", job: failing, level: "error" }]);
});

test("nothing runs from when the clock is doubted: what is old by it may be of a minute ago", async () => {
  let status = 204;
  const ran: string[] = [];
  const table = Object.fromEntries(
    ["first", "second", "third"].map((name): [string, Cron] => [
      name,
      {
        at: hourly,
        async run() {
          ran.push(name);
          if (name === "second") status = 503;
        },
      },
    ]),
  );
  const watched = { ...env, CLOCK_WATCH: { fetch: async () => new Response(null, { status }) } };
  await runCrons(hourly, { ...parts, env: watched as unknown as Cloudflare.Env }, table);
  expect(ran).toEqual(["first", "second"]);
});

test("a directory without its moves does not keep answers for ever", async () => {
  const { api, siteId } = await newSite();
  await api.post("/metadata/products", { key: "latte", name: "Latte" }, { "idempotency-key": crypto.randomUUID() });
  const kept = async () => {
    const found = await Promise.all(
      [env.SITE_DB_0, env.SITE_DB_1].map((db) =>
        db.prepare("SELECT count(*) AS n FROM idempotency_keys WHERE site_id = ?").bind(siteId).first<{ n: number }>(),
      ),
    );
    return found.reduce((sum, row) => sum + (row?.n ?? 0), 0);
  };
  expect(await kept()).toBe(1);
  vi.spyOn(console, "error").mockReturnValue();
  const { clock } = backgroundAt(Date.now() + 86_400_001);
  vi.spyOn(Date, "now").mockReturnValue(clock());
  await env.DIRECTORY.prepare("ALTER TABLE site_moves RENAME TO site_moves_away").run();
  try {
    await worker.scheduled(createScheduledController({ cron: hourly }), env, createExecutionContext());
  } finally {
    await env.DIRECTORY.prepare("ALTER TABLE site_moves_away RENAME TO site_moves").run();
  }
  expect(await kept()).toBe(0);
});

test("a trigger that nothing runs at fails", async () => {
  await expect(async () =>
    worker.scheduled(createScheduledController({ cron: "0 0 * * *" }), env, createExecutionContext()),
  ).rejects.toThrow("Nothing runs at the trigger 0 0 * * *.");
});
