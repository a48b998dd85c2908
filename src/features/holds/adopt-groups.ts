import type { OpenGroupHold } from "../../ledger/rpc.ts";
import type { OperationContext } from "../../operation/context.ts";
import { failureOf } from "../../operation/failure-of.ts";
import { siteCache } from "../../operation/site-cache.ts";
import { refusal } from "../../platform/refused.ts";
import { listLedgerNumbers } from "../ledgers/index.ts";
import { unlessGone } from "./group-in-ledgers.ts";
import { findAdoption, noteAdoption, noteHolds } from "./store.ts";

/** Ledgers that one request asks, and open holds at a time. A site has few ledgers with groups of an earlier build, but may have many. */
const ledgersAtOnce = 200;
const holdsAtOnce = 500;

const adopted = siteCache<true>();

/** Has the site know the groups that a build placed which wrote no rows of them: once, before any of its groups is looked for. */
export async function adoptGroups(context: OperationContext): Promise<void> {
  if (adopted.get(context, "")) return;
  const { afterLedger, done } = await findAdoption(context.db);
  if (!done && !(await adoptAfter(context, afterLedger)))
    throw refusal(
      "OVERLOADED",
      "The site's ledgers are being asked for groups of holds that an earlier release placed; repeat the request.",
    );
  adopted.set(context, "", true);
}

/** Whether all ledgers have been asked. */
async function adoptAfter(context: OperationContext, afterLedger: number): Promise<boolean> {
  const numbers = await listLedgerNumbers(context, afterLedger, ledgersAtOnce);
  for (const number of numbers) await adoptLedger(context, number);
  const done = numbers.length < ledgersAtOnce;
  await noteAsked(context, numbers.at(-1) ?? afterLedger, done);
  return done;
}

/** Not while the site is being moved: that keeps nobody from reading, and its ledgers are asked once more. */
async function noteAsked(context: OperationContext, afterLedger: number, done: boolean): Promise<void> {
  try {
    await noteAdoption(context.db, afterLedger, done);
  } catch (error) {
    if (failureOf(error).code !== "SITE_MOVING") throw error;
  }
}

async function adoptLedger(context: OperationContext, ledgerNumber: number): Promise<void> {
  for (let after = 0; ; ) {
    const asked = context.ledger(ledgerNumber).read<readonly OpenGroupHold[]>({ kind: "open_group_holds", after, limit: holdsAtOnce });
    // One that is retired is listed as long as its entity goes.
    const holds = (await unlessGone(asked)) ?? [];
    for (const { holdId, groupId, placedBy } of holds)
      await noteHolds(context.db, groupId, [{ holdId, ledgerNumber, placedBy, state: "open" }], context.clock());
    if (holds.length < holdsAtOnce) return;
    after = holds.at(-1)?.sequence ?? after;
  }
}
