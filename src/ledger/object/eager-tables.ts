import { openedAccount } from "../domain/apply.ts";
import type { Fact } from "../domain/fact.ts";
import type { Overlay } from "../domain/state.ts";
import { readMeta, writeMeta } from "./meta.ts";

/** Whether the facts are an entry for which nothing is written beside its row in the journal. */
export function isOneRow(facts: readonly Fact[]): boolean {
  const [fact, another] = facts;
  return another === undefined && fact?.kind === "entry_posted" && fact.reversalOf === null;
}

/**
 * What is written in the same transaction as its facts, because it is rare and asked for at once: accounts, reversals, posting references, locks.
 * In the order of the facts, each as it stood then: a code that one account gave up is free for the next only after it did.
 */
export function writeEagerTables(sql: SqlStorage, overlay: Overlay): void {
  let opened: string[] = [];
  overlay.facts.forEach((fact, i) => {
    const sequence = overlay.firstSequence + i;
    if (fact.kind === "account_opened") {
      const account = openedAccount(overlay, fact, sequence, overlay.atMs);
      opened.push(
        JSON.stringify([
          account.no,
          account.id,
          account.code,
          account.externalId,
          account.type,
          JSON.stringify(account.description),
          account.minBalance,
          account.maxBalance,
          account.status,
          account.createdAtMs,
          account.revision,
          "[]",
        ]),
      );
    } else if (fact.kind === "account_changed") {
      insertOpened(sql, opened);
      opened = [];
      sql.exec(
        "UPDATE account SET code = ?, external_id = ?, type = ?, description = ?, min_balance = ?, max_balance = ?, status = ?, revision = ?, former_codes = ? WHERE no = ?",
        fact.code,
        fact.externalId,
        fact.type,
        JSON.stringify(fact.description),
        fact.minBalance,
        fact.maxBalance,
        fact.status,
        sequence,
        JSON.stringify(overlay.account(fact.account)?.formerCodes ?? []),
        fact.account,
      );
    } else if (fact.kind === "entry_posted" && fact.reversalOf !== null) {
      sql.exec("INSERT INTO reversal VALUES (?, ?, ?)", fact.reversalOf, sequence, fact.void ? 1 : 0);
    } else if (fact.kind === "posting_reference_set") {
      sql.exec("INSERT INTO posting_reference VALUES (?, ?, ?)", fact.entry, sequence, fact.postingReference);
    } else if (fact.kind === "period_locked") {
      writeMeta(sql, "lock_facts", [...(readMeta<number[]>(sql, "lock_facts") ?? []), sequence]);
    }
  });
  insertOpened(sql, opened);
}

function insertOpened(sql: SqlStorage, opened: readonly string[]): void {
  for (let i = 0; i < opened.length; i += 500) {
    sql.exec(
      `INSERT INTO account SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11
       FROM json_each(?)`,
      `[${opened.slice(i, i + 500).join(",")}]`,
    );
  }
}
