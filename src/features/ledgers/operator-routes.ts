import { z } from "@hono/zod-openapi";
import { directoryDatabase } from "../../db/directory-database.ts";
import { ledgerIdentity, listLedgerNumbers } from "../../db/ledger-numbers.ts";
import { siteDatabase } from "../../db/site-database.ts";
import { findSiteScope } from "../../db/site-rows.ts";
import { answer } from "../../http/answers.ts";
import { requireOperator } from "../../http/middleware/operator.ts";
import type { Router } from "../../http/router.ts";
import { readBody } from "../../http/validate.ts";
import { present } from "../../kernel/assert.ts";
import { instant } from "../../kernel/clock.ts";
import { ledgerOf } from "../../operation/build-context.ts";
import { refusal } from "../../platform/refused.ts";
import { ledgerIdsAmong } from "./store.ts";

const RestoreRequest = z.union([
  z.strictObject({ at: z.iso.datetime({ offset: true }) }),
  z.strictObject({ bookmark: z.string().min(1).max(200) }),
]);

/** What the operator does with ledgers after a database or an object was restored. Outside the document, as all that is the operator's. */
export function registerLedgerOperatorRoutes(router: Router): void {
  // The directory numbers every ledger that ever was: those that a reset or a restored catalogue has left behind are among them.
  router.get("/operator/sites/:siteId/ledgers", async (c) => {
    requireOperator(c);
    const directory = directoryDatabase(c.env);
    const site = await findSiteScope(directory, c.req.param("siteId").toLowerCase());
    if (!site) throw refusal("NOT_FOUND", "There is no site with this id.");
    const rows = await listLedgerNumbers(directory, site.id, Number(c.req.query("after") ?? 0));
    const known = await ledgerIdsAmong(
      siteDatabase(c.env, site),
      rows.map((row) => row.ledgerId),
    );
    const data = rows.map(({ number, ledgerId, entityId, currency, createdAt }) => ({
      number,
      ledgerId,
      entityId,
      currency,
      createdAt: instant(createdAt),
      inCatalogue: known.has(ledgerId),
    }));
    return answer({ data });
  });

  // What was posted since is gone from the ledger, acknowledged or not: the last resort, and undone by the bookmark that it answers.
  router.post("/operator/ledgers/:number/restore", async (c) => {
    requireOperator(c);
    const to = await readBody(c, RestoreRequest);
    const directory = directoryDatabase(c.env);
    const identity = await ledgerIdentity(directory, Number(c.req.param("number")));
    if (!identity) throw refusal("NOT_FOUND", "There is no ledger with this number.");
    const site = present(await findSiteScope(directory, identity.siteId), "a ledger is one of a site");
    const ledger = ledgerOf(c.env, site, identity.number, async () => identity);
    const undo = await ledger.restore("at" in to ? { atMs: Date.parse(to.at) } : to);
    return answer({ number: identity.number, undo });
  });
}
