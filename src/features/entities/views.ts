import type { EntityRow } from "../../db/entities.ts";
import { instant } from "../../kernel/clock.ts";
import type { SharedPending } from "../../operation/shared-record.ts";
import { pendingView } from "../ledgers/index.ts";
import type { Entity } from "./schemas.ts";

/** `pending`: what not every ledger of the entity holds yet. */
export function entityView(row: EntityRow, pending?: SharedPending): Entity {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    functionalCurrency: row.functionalCurrency,
    scale: row.scale,
    fiscalYearStart: row.fiscalYearStart,
    approvalPolicy: row.approvalPolicy,
    country: row.country,
    externalId: row.externalId,
    metadata: row.metadata,
    status: row.status,
    functionalLedgerId: row.functionalLedgerId,
    createdAt: instant(row.createdAt),
    updatedAt: instant(row.updatedAt),
    revision: row.revision,
    ...pendingView({ pending }),
  };
}
