import type { Overlay } from "../domain/state.ts";
import { readMeta, writeMeta } from "./meta.ts";

/** What is written in the same transaction as its facts, because it is rare and asked for at once: accounts, reversals, posting references, locks. */
export function writeEagerTables(sql: SqlStorage, overlay: Overlay): void {
  const opened: string[] = [];
  overlay.facts.forEach((fact, i) => {
    const sequence = overlay.firstSequence + i;
    if (fact.kind === "account_opened") {
      const account = overlay.accounts.get(sequence);
      if (account)
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
    } else if (fact.kind === "entry_posted" && fact.reversalOf !== null) {
      sql.exec("INSERT INTO reversal VALUES (?, ?, ?)", fact.reversalOf, sequence, fact.void ? 1 : 0);
    } else if (fact.kind === "posting_reference_set") {
      sql.exec(
        "INSERT INTO posting_reference VALUES (?, ?) ON CONFLICT (entry) DO UPDATE SET reference = excluded.reference",
        fact.entry,
        fact.postingReference,
      );
    } else if (fact.kind === "period_locked") {
      writeMeta(sql, "lock_facts", [...(readMeta<number[]>(sql, "lock_facts") ?? []), sequence]);
    }
  });
  for (let i = 0; i < opened.length; i += 500) {
    sql.exec(
      `INSERT INTO account SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8, value ->> 9, value ->> 10, value ->> 11
       FROM json_each(?)`,
      `[${opened.slice(i, i + 500).join(",")}]`,
    );
  }
  for (const fact of overlay.facts) {
    if (fact.kind !== "account_changed") continue;
    const account = overlay.accounts.get(fact.account);
    if (account === undefined) continue;
    sql.exec(
      "UPDATE account SET code = ?, external_id = ?, type = ?, description = ?, min_balance = ?, max_balance = ?, status = ?, revision = ?, former_codes = ? WHERE no = ?",
      account.code,
      account.externalId,
      account.type,
      JSON.stringify(account.description),
      account.minBalance,
      account.maxBalance,
      account.status,
      account.revision,
      JSON.stringify(account.formerCodes),
      account.no,
    );
  }
}
