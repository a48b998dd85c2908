import { type Books, composed, type EntryAnswer, type Firm, type Key, twoLines, type WithId } from "./books.ts";
import type { Keys } from "./people.ts";

/** Where everybody's entries wait, and nobody approves their own. */
export async function makeCarefulCompany(books: Books, firm: Firm, keys: Keys) {
  const { key } = firm.live;
  const wish = {
    name: `Careful ${composed} Ltd`,
    kind: "custodian",
    functionalCurrency: "EUR",
    approvalPolicy: "four_eyes",
    chart: "ifrs-services",
  };
  const company = await books.post<WithId & { readonly functionalLedgerId: string }>(key, "/entities", wish, {
    name: "entity of four eyes",
  });
  const accounts = await books.send<{ readonly data: readonly { readonly code: string }[] }>(
    key,
    "GET",
    `/accounts?entityId=${company.id}&type=expense&limit=2`,
  );
  const [debit = "", credit = ""] = accounts.data.map(({ code }) => code);
  const to = `/companies/${company.id}/journal-entries`;
  const entry = (name: string, by: Key, amount: number) =>
    books.post<EntryAnswer>(by.key, to, { date: "2026-05-05", lines: twoLines(debit, credit, amount) }, { name });
  const byAnn = await entry("entry of an approver under four eyes", keys.approver, 900);
  const byCem = await entry("entry of a preparer under four eyes", keys.preparer, 1_900);
  const byAgent = await entry("entry of an agent under four eyes", keys.agent, 2_900);
  await books.post(
    keys.approver.key,
    `${to}/${byAnn.id}/approve`,
    { version: 1 },
    { name: "refused: self-approval", refusedAs: "SELF_APPROVAL" },
  );
  await books.post(keys.approver.key, `${to}/${byCem.id}/approve`, { version: 1 }, { name: "approval under four eyes" });
  return { entityId: company.id, ledgerId: company.functionalLedgerId, entries: { byAnn, byCem, byAgent } };
}
