/** Requests let loose at each other over HTTP, with no hook to hold them: whichever wins, all stores tell one story. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { freshDataFolder, killProcess, type ServerProcess, startProcess } from "../crash/server-process.ts";
import {
  type Answer,
  type Caller,
  callerOf,
  expectOutcome,
  holdStates,
  newCompany,
  newFirm,
  random,
  rounds,
  sale,
  tally,
  unlimited,
  within,
} from "./racing-firm.ts";

const folder = await freshDataFolder();
let server: ServerProcess;
let owner: Caller;
let siteId: string;

before(async () => {
  server = await startProcess(folder.dataDir, ["--empty"]);
  const firm = await newFirm(server, folder.dataDir);
  owner = callerOf(() => server, firm.key);
  siteId = firm.siteId;
});
after(async () => {
  await killProcess(server, true);
  await folder.remove();
});

async function service(role: string, name: string = randomUUID()): Promise<Caller> {
  const made = await owner("POST", "/tokens", { role, name });
  expectOutcome(made, "201");
  await unlimited(server, folder.dataDir, made.body.id);
  return callerOf(() => server, made.body.key);
}

/** Runs a race over and over, and says who won how often. */
function race(name: string, round: (won: (what: string) => void) => Promise<void>): void {
  test(name, { timeout: 300_000 }, async () => {
    const won = tally();
    for (let i = 0; i < rounds; i++) await round(won.count);
    console.log(`${name}: ${won.text()}`);
  });
}

race("a company is deleted while accounts are opened in it and entries posted", async (won) => {
  const made = await owner("POST", "/entities", { name: "Brief Ltd", functionalCurrency: "USD" });
  const entityId: string = made.body.id;
  const accounts = Array.from({ length: 500 }, (_, i) => ({ code: `x${i}`, name: `Account ${i}`, type: "bank" }));
  expectOutcome(await owner("POST", "/accounts/import", { entityId, accounts }), "201");
  const post = (debit: string, credit: string) => {
    const lines = [
      { accountCode: debit, side: "debit", amount: 5 },
      { accountCode: credit, side: "credit", amount: 5 },
    ];
    return owner("POST", "/journal-entries", { entityId, date: "2026-06-08", lines });
  };
  const openAndPost = async (nth: number): Promise<Answer> => {
    for (const code of [`a${nth}`, `b${nth}`]) {
      const opened = await owner("POST", "/accounts", { entityId, code, name: code, type: "bank" });
      if (opened.status !== 201) return opened;
    }
    return post(`a${nth}`, `b${nth}`);
  };
  const [removal, ...written] = await Promise.all([
    within(20, () => owner("DELETE", `/entities/${entityId}`)),
    within(30, () => post("x0", "x1")),
    ...[1, 2, 3].map((nth) => within(30, () => openAndPost(nth))),
  ]);
  const posted = written.filter(({ status }) => status === 201);
  won(removal.outcome);
  expectOutcome(removal, posted.length > 0 ? "409 IN_USE" : "204");
  for (const { body } of posted) expectOutcome(await owner("GET", `/journal-entries/${body.id}`), "200");
  expectOutcome(await owner("GET", `/entities/${entityId}`), removal.status === 204 ? "404 NOT_FOUND" : "200");
  if (removal.status === 409) expectOutcome(await openAndPost(9), "201");
});

race("an account is deleted while a child is opened below it", async (won) => {
  const { entityId } = await newCompany(owner);
  const parent = await owner("POST", "/accounts", { entityId, code: "1100", name: "Parent", type: "bank" });
  const [removal, child] = await Promise.all([
    within(3, () => owner("DELETE", `/accounts/${parent.body.id}`)),
    within(3, () => owner("POST", "/accounts", { entityId, code: "1101", name: "Child", type: "bank", parentId: parent.body.id })),
  ]);
  won(`${removal.outcome} and ${child.outcome}`);
  assert.notEqual(removal.status === 204, child.status === 201, `${removal.outcome} and ${child.outcome}`);
});

race("a company's policy is set to three things at once, and a ledger is added", async (won) => {
  const { entityId } = await newCompany(owner);
  const preparer = await service("PREPARER");
  const policies = ["none", "required", "four_eyes"] as const;
  const [ledger] = await Promise.all([
    within(10, () => owner.untilDecided("POST", "/ledgers", { entityId, currency: "EUR" })),
    ...policies.map((approvalPolicy) => within(10, () => owner("PATCH", `/entities/${entityId}`, { approvalPolicy }))),
  ]);
  expectOutcome(ledger, "201");
  for (const [code, type] of [
    ["1000", "bank"],
    ["4000", "income"],
  ])
    expectOutcome(await owner("POST", "/accounts", { entityId, currency: "EUR", code, name: code, type }), "201");
  const { body: shown } = await owner("GET", `/entities/${entityId}`);
  assert.equal(shown.pending ?? null, null);
  won(shown.approvalPolicy);
  for (const currency of ["USD", "EUR"])
    expectOutcome(
      await preparer("POST", "/journal-entries", { entityId, currency, ...sale() }),
      shown.approvalPolicy === "none" ? "201" : "202",
    );
});

race("one request approves in two ledgers, sent four times at once, while one of its entries is voided", async (won) => {
  const companies = [await newCompany(owner), await newCompany(owner)];
  const [preparer, approver] = [await service("PREPARER"), await service("APPROVER")];
  const ids: string[] = [];
  for (const { entityId } of companies) {
    await owner("PATCH", `/entities/${entityId}`, { approvalPolicy: "required" });
    const entry = await preparer("POST", "/journal-entries", { entityId, ...sale() });
    expectOutcome(entry, "202");
    ids.push(entry.body.id);
  }
  const key = randomUUID();
  const request = { entries: ids.map((id) => ({ id, version: 1 })) };
  const approve = () => within(15, () => approver.untilDecided("POST", "/journal-entries/batch-approve", request, key));
  const [voided, ...approved] = await Promise.all([
    within(15, () => owner("POST", `/journal-entries/${ids[1]}/void`, { reason: "Twice." })),
    ...Array.from({ length: 4 }, approve),
  ]);
  const told = approved.map(({ status, body }) => JSON.stringify([status, body]));
  assert.equal(new Set(told).size, 1, `one key, several answers: ${told.join("\n")}`);
  const outcomes = approved[0]?.body.data.map((one: { status?: string; error?: { code: string } }) => one.status ?? one.error?.code);
  won(`${outcomes.join(" and ")}, ${voided.outcome}`);
  const states = await Promise.all(ids.map(async (id) => (await owner("GET", `/journal-entries/${id}`)).body.status));
  // What is voided after its approval was posted and is reversed; before, it was let go and is not approved.
  const second = outcomes[1] !== "posted" || voided.status === 201 ? "voided" : "posted";
  assert.deepEqual(states, ["posted", second]);
});

race("a group of holds is settled and released at once, and a half of it by itself", async (won) => {
  const companies = [await newCompany(owner), await newCompany(owner)];
  const groupId = randomUUID();
  const holdIds: string[] = [];
  for (const { entityId } of companies) {
    const placed = await owner("POST", "/holds", { entityId, groupId, ...sale() });
    expectOutcome(placed, "201");
    holdIds.push(placed.body.id);
  }
  const alone = random(2) === 0 ? "settle" : "release";
  const [settle, release, half] = await Promise.all([
    within(8, () => owner("POST", `/hold-groups/${groupId}/settle`, {})),
    within(8, () => owner("POST", `/hold-groups/${groupId}/release`, {})),
    within(8, () => owner("POST", `/holds/${holdIds[0]}/${alone}`, {})),
  ]);
  const { body: group } = await owner.untilDecided("POST", `/hold-groups/${groupId}/${settle.status < 300 ? "settle" : "release"}`, {});
  const states = await holdStates(owner, holdIds);
  const all = `settle ${settle.outcome}, release ${release.outcome}, half ${alone} ${half.outcome}`;
  won(all);
  assert.ok(settle.status >= 300 || release.status >= 300, all);
  assert.equal(new Set(states).size, 1, `${all}: ${states.join(", ")}: ${JSON.stringify(group)}`);
});

race("a key is rotated six times at once", async (won) => {
  const made = await owner("POST", "/tokens", { role: "PREPARER", name: randomUUID() });
  const rotated = await Promise.all(Array.from({ length: 6 }, () => within(3, () => owner("POST", `/tokens/${made.body.id}/rotate`, {}))));
  const successors = rotated.filter(({ status }) => status === 201);
  won(
    rotated
      .map(({ outcome }) => outcome)
      .toSorted()
      .join(),
  );
  assert.equal(successors.length, 1);
});

// Last: nothing in the sandbox outlives it.
race("a sandbox is reset while entries are posted to it", async (won) => {
  const { entityId } = await newCompany(owner);
  let isOver = false;
  let postedBefore = 0;
  const load = Array.from({ length: 4 }, async () => {
    for (let further = 0; further < 3; ) {
      if (isOver) further += 1;
      const sentAfterwards = isOver;
      const answer = await owner("POST", "/journal-entries", { entityId, ...sale() });
      if (sentAfterwards) expectOutcome(answer, "409 LEDGER_RETIRED", "422 REFERENCE_NOT_FOUND");
      else if (answer.status === 201) postedBefore += 1;
    }
  });
  expectOutcome(await within(30, () => owner("POST", `/sites/${siteId}/reset`, {})), "200");
  isOver = true;
  await Promise.all(load);
  won(postedBefore > 0 ? "posted before it" : "none before it");
});
