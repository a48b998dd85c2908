/** The server is killed at any moment of what writes to several stores. Whoever repeats the request brings it to its one end. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import { freshDataFolder, killProcess, type ServerProcess, startProcess } from "../crash/server-process.ts";
import { type Caller, callerOf, expectOutcome, holdStates, newCompany, newFirm, rounds, sale, tally, within } from "./racing-firm.ts";

const folder = await freshDataFolder();
let server: ServerProcess;
let owner: Caller;
let preparer: Caller;
let approver: Caller;

before(async () => {
  server = await startProcess(folder.dataDir, ["--empty"]);
  owner = callerOf(() => server, (await newFirm(server, folder.dataDir)).key);
  const service = async (role: string) => callerOf(() => server, (await owner("POST", "/tokens", { role, name: role })).body.key);
  preparer = await service("PREPARER");
  approver = await service("APPROVER");
});
after(async () => {
  await killProcess(server, true);
  await folder.remove();
});

/** Kills and restarts are slow: a quarter of the rounds of the races without. */
const kills = Math.ceil(rounds / 4);

/** Sends a request, kills the server some moment within so many milliseconds, and starts it again. Whether the request was answered. */
async function cutOff(request: () => Promise<{ readonly status: number }>, withinMs: number): Promise<boolean> {
  const answered = request().then(
    () => true,
    () => false,
  );
  await within(withinMs, () => killProcess(server, true));
  const wasAnswered = await answered;
  server = await startProcess(folder.dataDir);
  return wasAnswered;
}

function killed(name: string, round: (won: (what: string) => void) => Promise<void>): void {
  test(name, { timeout: 600_000 }, async () => {
    const won = tally();
    for (let i = 0; i < kills; i++) await round(won.count);
    console.log(`${name}: ${won.text()}`);
  });
}
const whether = (answered: boolean) => (answered ? "answered" : "cut off");

killed("approving in three ledgers under one key ends in all of them, once", async (won) => {
  const ids: string[] = [];
  for (let i = 0; i < 3; i++) {
    const { entityId } = await newCompany(owner, { approvalPolicy: "required" });
    const entry = await preparer("POST", "/journal-entries", { entityId, ...sale() });
    expectOutcome(entry, "202");
    ids.push(entry.body.id);
  }
  const request = { entries: ids.map((id) => ({ id, version: 1 })) };
  const key = randomUUID();
  won(whether(await cutOff(() => approver("POST", "/journal-entries/batch-approve", request, key), 40)));
  const told = await approver.untilDecided("POST", "/journal-entries/batch-approve", request, key);
  assert.deepEqual(
    told.body.data.map(({ status }: { readonly status: string }) => status),
    ["posted", "posted", "posted"],
  );
  assert.equal(JSON.stringify((await approver("POST", "/journal-entries/batch-approve", request, key)).body), JSON.stringify(told.body));
  for (const id of ids) expectOutcome(await owner("GET", `/journal-entries/${id}`), "200");
});

killed("a group of holds that was asked to be settled is settled or released whole", async (won) => {
  const groupId = randomUUID();
  const holdIds: string[] = [];
  for (let i = 0; i < 3; i++) {
    const { entityId } = await newCompany(owner);
    const placed = await owner("POST", "/holds", { entityId, groupId, ...sale() });
    expectOutcome(placed, "201");
    holdIds.push(placed.body.id);
  }
  const answered = await cutOff(() => owner("POST", `/hold-groups/${groupId}/settle`, {}), 40);
  // Somebody wants the opposite, and whoever was cut off asks again: which of the two it is, was decided before or is now.
  const release = await owner.untilDecided("POST", `/hold-groups/${groupId}/release`, {});
  const settle = await owner.untilDecided("POST", `/hold-groups/${groupId}/settle`, {});
  const states = new Set(await holdStates(owner, holdIds));
  won(`${whether(answered)}, ${[...states].join(" and ")}`);
  assert.deepEqual([release.outcome, settle.outcome].toSorted(), ["200", "409 HOLD_STATE"]);
  assert.deepEqual([...states], [release.status === 200 ? "released" : "settled"]);
});

killed("a company that was to be deleted is there whole or gone", async (won) => {
  const company = await newCompany(owner);
  const answered = await cutOff(() => owner("DELETE", `/entities/${company.entityId}`), 40);
  const again = await owner.untilDecided("DELETE", `/entities/${company.entityId}`);
  won(`${whether(answered)}, then ${again.outcome}`);
  expectOutcome(again, "204", "404 NOT_FOUND");
  expectOutcome(await owner("GET", `/entities/${company.entityId}`), "404 NOT_FOUND");
  expectOutcome(
    await owner("POST", "/journal-entries", { entityId: company.entityId, ...sale() }),
    "404 NOT_FOUND",
    "422 REFERENCE_NOT_FOUND",
  );
});

killed("what is shown of a company's policy is what its ledgers hold", async (won) => {
  const { entityId } = await newCompany(owner);
  expectOutcome(await owner("POST", "/ledgers", { entityId, currency: "EUR" }), "201");
  for (const [code, type] of [
    ["1000", "bank"],
    ["4000", "income"],
  ])
    expectOutcome(await owner("POST", "/accounts", { entityId, currency: "EUR", code, name: code, type }), "201");
  const answered = await cutOff(() => owner("PATCH", `/entities/${entityId}`, { approvalPolicy: "four_eyes" }), 30);
  // Any change drives what was left behind to its end.
  expectOutcome(await owner.untilDecided("PATCH", `/entities/${entityId}`, { approvalPolicy: "required" }), "200");
  won(whether(answered));
  for (const currency of ["USD", "EUR"])
    expectOutcome(await preparer("POST", "/journal-entries", { entityId, currency, ...sale() }), "202");
  assert.equal((await owner("GET", `/entities/${entityId}`)).body.approvalPolicy, "required");
});
