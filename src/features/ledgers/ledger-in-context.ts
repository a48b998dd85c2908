import { decodeAddress } from "../../kernel/id.ts";
import type { OperationContext } from "../../operation/context.ts";
import { siteCache } from "../../operation/site-cache.ts";
import { notFound, type Refused, refusal } from "../../platform/refused.ts";
import {
  findFunctionalLedger,
  findLedgerById,
  findLedgerByNumber,
  findLedgerOfCurrency,
  type LedgerRow,
  listLedgerRows,
  listNumbers,
} from "./store.ts";

/** What a ledger is. None of it ever changes, so an isolate may remember it. */
export interface LedgerInContext {
  readonly id: string;
  readonly number: number;
  readonly entityId: string;
  readonly currency: string;
  readonly scale: number;
  readonly functional: boolean;
  /** MM-DD. */
  readonly fiscalYearStart: string;
}

const remembered = siteCache<LedgerInContext>();

async function known(
  context: OperationContext,
  key: string,
  find: () => Promise<LedgerRow | undefined>,
): Promise<LedgerInContext | undefined> {
  const cached = remembered.get(context, key);
  if (cached) return cached;
  const row = await find();
  if (!row) return undefined;
  const { id, number, entityId, currency, scale, functional, fiscalYearStart } = row;
  const ledger = { id, number, entityId, currency, scale, functional, fiscalYearStart };
  remembered.set(context, key, ledger);
  return ledger;
}

/** Has the isolate look the site's ledgers up again: after a reset or the deletion of an entity. */
export const forgetLedgers = remembered.forget;

function covers(context: OperationContext, entityId: string): boolean {
  return context.entityIds === null || context.entityIds.includes(entityId);
}

/** How a request names a ledger: by its id, or by its entity and a currency, by default the functional one. */
export interface LedgerChoice {
  readonly entityId?: string | undefined;
  readonly ledgerId?: string | undefined;
  readonly currency?: string | undefined;
}

/** Where the request names it: an unknown id in the path is a 404, elsewhere a 422. */
export type ParameterLocation = "path" | "query" | "body";

function unknownLedger(location: ParameterLocation, parameter: string): Refused {
  if (location === "path") return notFound();
  const pointer = location === "body" ? `/${parameter}` : parameter;
  const message = `${parameter} names no ledger of the site.`;
  return refusal("REFERENCE_NOT_FOUND", message, [{ pointer, code: "REFERENCE_NOT_FOUND", message }]);
}

/**
 * The ledger that the request means. What another site has, or an entity that the key does not cover, is as unknown as what nobody has.
 * A `ledgerId` of another entity than the one in context is refused as `ENTITY_CONFLICT`, and of another currency as unknown.
 */
export async function ledgerInContext(
  context: OperationContext,
  choice: LedgerChoice,
  location: ParameterLocation,
): Promise<LedgerInContext> {
  const { entityId, ledgerId, currency } = choice;
  if (ledgerId !== undefined) {
    const ledger = await known(context, `id ${ledgerId}`, () => findLedgerById(context.db, ledgerId));
    if (!ledger || !covers(context, ledger.entityId)) throw unknownLedger(location, "ledgerId");
    if (entityId && ledger.entityId !== entityId) {
      // In the path, a ledger that is not the company's is not there.
      if (location === "path") throw unknownLedger("path", "ledgerId");
      throw refusal("ENTITY_CONFLICT", "ledgerId names a ledger of another entity than the one in context.");
    }
    if (currency !== undefined && ledger.currency !== currency) throw unknownLedger(location, "currency");
    return ledger;
  }
  if (!entityId) throw refusal("ENTITY_REQUIRED", "Name the entity, or a ledger by ledgerId.");
  if (!covers(context, entityId)) throw unknownLedger(location, "entityId");
  const ledger =
    currency === undefined
      ? await known(context, `functional of ${entityId}`, () => findFunctionalLedger(context.db, entityId))
      : await known(context, `of ${entityId} ${currency}`, () => findLedgerOfCurrency(context.db, entityId, currency));
  if (!ledger) throw unknownLedger(location, currency === undefined ? "entityId" : "currency");
  return ledger;
}

/**
 * The ledger that an entry's or account's id leads to, by the number inside it. The ledger itself compares the whole id.
 * Refuses, as `NOT_FOUND`, ids of another form, of other sites, of entities that the key does not cover, and of another entity than `entityId` where it is given.
 */
export async function ledgerOfId(context: OperationContext, id: string, entityId?: string): Promise<LedgerInContext> {
  const address = decodeAddress(id);
  const ledger = address && (await ledgerOfNumber(context, address.ledgerNumber));
  if (!ledger || !covers(context, ledger.entityId) || (entityId && entityId !== ledger.entityId)) throw unknownLedger("path", "id");
  return ledger;
}

/** The ledger of a number, if it is one of the site's, whether or not the key covers its entity. */
export function ledgerOfNumber(context: OperationContext, number: number): Promise<LedgerInContext | undefined> {
  return known(context, `number ${number}`, () => findLedgerByNumber(context.db, number));
}

/** The numbers of the site's ledgers behind one of them, in their order. */
export function listLedgerNumbers(context: OperationContext, after: number, limit: number): Promise<readonly number[]> {
  return listNumbers(context.db, after, limit);
}

/** The entity's ledgers, the functional one first. */
export async function listLedgersOfEntity(context: OperationContext, entityId: string): Promise<LedgerInContext[]> {
  if (!covers(context, entityId)) return [];
  return listLedgerRows(context.db, entityId);
}
