import { z } from "@hono/zod-openapi";
import { directoryDatabase } from "../../db/directory-database.ts";
import { ledgerIdentity } from "../../db/ledger-numbers.ts";
import { siteDatabase } from "../../db/site-database.ts";
import { findSiteScope } from "../../db/site-rows.ts";
import { answer } from "../../http/answers.ts";
import { requireOperator } from "../../http/middleware/operator.ts";
import type { Router } from "../../http/router.ts";
import { readBody } from "../../http/validate.ts";
import { present } from "../../kernel/assert.ts";
import { ledgerOf } from "../../operation/build-context.ts";
import { refusal } from "../../platform/refused.ts";
import { isInCatalogue } from "../ledgers/index.ts";
import { healAccounts } from "./heal-accounts.ts";

const HealRequest = z.strictObject({
  next: z
    .strictObject({ of: z.enum(["ledger", "catalogue"]), after: z.string().max(100).nullable() })
    .nullable()
    .optional(),
});

/** What the operator does with accounts after a database or an object was restored. Outside the document, as all that is the operator's. */
export function registerAccountOperatorRoutes(router: Router): void {
  router.post("/operator/ledgers/:number/heal", async (c) => {
    requireOperator(c);
    const { next } = await readBody(c, HealRequest);
    const directory = directoryDatabase(c.env);
    const identity = await ledgerIdentity(directory, Number(c.req.param("number")));
    if (!identity) throw refusal("NOT_FOUND", "There is no ledger with this number.");
    const site = present(await findSiteScope(directory, identity.siteId), "a ledger is one of a site");
    const db = siteDatabase(c.env, site);
    if (!(await isInCatalogue(db, identity.ledgerId)))
      throw refusal("NOT_FOUND", "The site's catalogue has no ledger with this number: its row is restored first.");
    const ledger = ledgerOf(c.env, site, identity.number, async () => identity);
    return answer(await healAccounts(db, identity.ledgerId, ledger, next ?? { of: "ledger", after: null }));
  });
}
