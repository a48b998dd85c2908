import { findSiteScope } from "../../db/site-rows.ts";
import { consumer, type Remains } from "../../operation/consumer.ts";
import { contextInSite } from "../../operation/system-context.ts";
import { type CatalogueMessage, projectAccounts } from "./project-accounts.ts";

/** Writes ledgers' messages into their sites' databases. */
export const ledgerFactsConsumer = consumer({
  job: "ledger-facts",
  retryAfterSeconds: 5,
  read: readMessage,
  async take(context, message) {
    const site = await findSiteScope(context.directory, message.siteId);
    if (!site) throw new Error(`assertion failed: the site ${message.siteId} of a ledger's message is there`);
    await projectAccounts(contextInSite(context, site), message);
  },
  remains,
});

const kinds = {
  accounts_changed: true,
  head: true,
  accounts_outdated: true,
} satisfies Record<CatalogueMessage["kind"], true>;

function readMessage(body: unknown): CatalogueMessage | undefined {
  if (typeof body !== "object" || body === null || !("kind" in body && "siteId" in body && "ledgerNumber" in body)) return undefined;
  const isKnown = typeof body.kind === "string" && Object.hasOwn(kinds, body.kind);
  // Written by a ledger's outbox or by this feature, which write nothing else under these kinds.
  return isKnown && typeof body.siteId === "string" && typeof body.ledgerNumber === "number" ? (body as CatalogueMessage) : undefined;
}

/** Accounts have names: what is left of a message about them says whose they are, and the ledger is asked. */
function remains(message: CatalogueMessage): Remains {
  const { kind, siteId, ledgerNumber } = message;
  if (kind !== "head") return { siteId, kind, message: { kind: "accounts_outdated", siteId, ledgerNumber } };
  const { sequence, seal, at } = message;
  return { siteId, kind, message: { kind, siteId, ledgerNumber, sequence, seal, at } };
}
