import type { EntityRow } from "../../db/entities.ts";
import { instant } from "../../kernel/clock.ts";
import type { Entity } from "./schemas.ts";

export function entityView(row: EntityRow): Entity {
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
  };
}
