import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { freshDataFolder, killProcess, type ServerProcess, startProcess } from "./server-process.ts";

const root = path.resolve(import.meta.dirname, "../..");
const folder = await freshDataFolder();
let server: ServerProcess;
before(async () => {
  server = await startProcess(folder.dataDir, ["--empty"]);
});
after(async () => {
  if (server) await killProcess(server, true);
  await folder.remove();
});

interface Line {
  readonly account: string;
  readonly type: string;
  readonly debit: number;
  readonly credit: number;
}
interface Entry {
  readonly id: string;
  readonly date: string;
  readonly description: string;
  readonly lines: readonly Line[];
}

const accounts = [
  ["Assets:Bank:Checking", "asset"],
  ["Assets:Receivables", "asset"],
  ["Liabilities:Card", "liability"],
  ["Equity:Capital", "equity"],
  ["Revenue:Sales", "revenue"],
  ["Expenses:Rent", "expense"],
] as const;

function booksOf(count: number, prefix: string): Entry[] {
  return Array.from({ length: count }, (_, index) => {
    const [debit, debitType] = accounts[index % accounts.length] ?? accounts[0];
    const [credit, creditType] = accounts[(index * 7 + 1) % accounts.length] ?? accounts[1];
    const amount = 100 + ((index * 7_919) % 100_000);
    return {
      id: `${prefix}-${index}`,
      date: new Date(Date.UTC(2025, 0, 1 + (index % 365))).toISOString().slice(0, 10),
      description: `Entry ${index}`,
      lines: [
        { account: debit, type: debitType, debit: amount, credit: 0 },
        { account: credit, type: creditType, debit: 0, credit: amount },
      ],
    };
  });
}

function fold(books: readonly Entry[]): Record<string, number> {
  const balances: Record<string, number> = {};
  for (const { account, type, debit, credit } of books.flatMap(({ lines }) => lines)) {
    const sign = type === "asset" || type === "expense" ? 1 : -1;
    balances[account] = (balances[account] ?? 0) + sign * (debit - credit);
  }
  return balances;
}

function run(
  file: string,
  company: string,
): { readonly child: ReturnType<typeof spawn>; readonly ended: Promise<{ readonly code: number | null; readonly output: string }> } {
  const child = spawn(process.execPath, [path.join(root, "src/local/import.ts"), file, "--company", company, "--data", folder.dataDir], {
    cwd: root,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (output += chunk));
  return { child, ended: once(child, "close").then(([code]) => ({ code, output })) };
}

function write(name: string, books: unknown): string {
  const file = path.join(folder.dataDir, name);
  writeFileSync(file, typeof books === "string" ? books : JSON.stringify(books));
  return file;
}

async function get<T>(below: string): Promise<T> {
  const response = await fetch(`${server.description.baseUrl}/api/v1${below}`, {
    headers: { "X-API-Key": server.description.sandbox.key },
  });
  assert.equal(response.status, 200, await response.clone().text());
  return JSON.parse(await response.text());
}

async function companyNamed(name: string): Promise<string | undefined> {
  const { data } = await get<{ data: { id: string; name: string }[] }>("/companies?limit=200");
  return data.find((company) => company.name === name)?.id;
}

async function balancesOf(company: string): Promise<Record<string, number>> {
  const { data } = await get<{ data: { code: string; balance: number }[] }>(`/companies/${company}/balances?limit=200`);
  return Object.fromEntries(
    data.filter(({ code }) => code.split(":").length > 1 && code !== "Assets:Bank").map(({ code, balance }) => [code, balance]),
  );
}

test("a file that was imported twice is there once, with its accounts under their parents", { timeout: 300_000 }, async () => {
  const books = booksOf(2_500, "twice");
  const file = write("twice.json", books);
  const first = await run(file, "Twice Ltd").ended;
  assert.equal(first.code, 0, first.output);
  assert.match(first.output, /Posted 2,500 entries/);
  const second = await run(file, "Twice Ltd").ended;
  assert.equal(second.code, 0, second.output);
  assert.match(second.output, /Posted 0 entries.*2,500 were already there/);

  const company = await companyNamed("Twice Ltd");
  assert.ok(company);
  assert.equal((await get<{ totalCount: number }>(`/companies/${company}/journal-entries?limit=1`)).totalCount, 2_500);
  assert.deepEqual(await balancesOf(company), fold(books));
  const listed = await get<{ data: { id: string; code: string; parentId: string | null; externalId: string; type: string }[] }>(
    `/companies/${company}/accounts?limit=200`,
  );
  const bank = listed.data.find(({ code }) => code === "Assets:Bank");
  const checking = listed.data.find(({ code }) => code === "Assets:Bank:Checking");
  assert.equal(checking?.parentId, bank?.id);
  assert.equal(checking?.type, "other_current_asset");
});

test("a run that is killed leaves a beginning of the file, and the next completes it", { timeout: 300_000 }, async () => {
  const books = booksOf(30_000, "cut");
  const file = write("cut.json", books);
  const cut = run(file, "Cut Ltd");
  for (let company = await companyNamed("Cut Ltd"); ; company = await companyNamed("Cut Ltd")) {
    if (company && (await get<{ totalCount: number }>(`/companies/${company}/journal-entries?limit=1`)).totalCount >= 1_000) break;
    assert.equal(cut.child.exitCode, null, "the import ended before it could be killed");
  }
  cut.child.kill("SIGKILL");
  await cut.ended;
  const company = await companyNamed("Cut Ltd");
  assert.ok(company);
  const page = await get<{ totalCount: number; data: { externalId: string }[] }>(
    `/companies/${company}/journal-entries?limit=1&sort=sequence:desc`,
  );
  assert.ok(page.totalCount < 30_000, "the import was killed after its end");
  assert.equal(page.data[0]?.externalId, `cut-${page.totalCount - 1}`, "what is there is no beginning of the file");

  const next = await run(file, "Cut Ltd").ended;
  assert.equal(next.code, 0, next.output);
  assert.equal((await get<{ totalCount: number }>(`/companies/${company}/journal-entries?limit=1`)).totalCount, 30_000);
  assert.deepEqual(await balancesOf(company), fold(books));
});

test("a file with faults is told all of them by place, and nothing is made", { timeout: 300_000 }, async () => {
  const [good, other] = booksOf(2, "faulty");
  const file = write("faulty.json", [
    good,
    { ...other, date: "2025-02-30" },
    { ...good, id: "x", lines: [{ ...good?.lines[0], debit: 1.5 }, good?.lines[1]] },
  ]);
  const outcome = await run(file, "Faulty Ltd").ended;
  assert.equal(outcome.code, 1);
  assert.match(outcome.output, /faulty\.json:1:\d+ Entry 2: date "2025-02-30"/);
  assert.match(outcome.output, /faulty\.json:1:\d+ Entry 3, line 1: debit is 1\.5/);
  assert.match(outcome.output, /2 faults; nothing was posted/);
  assert.equal(await companyNamed("Faulty Ltd"), undefined);
});

test("an entry that was imported before with other content stops the import before its batch", { timeout: 300_000 }, async () => {
  const books = booksOf(3, "changed");
  assert.equal((await run(write("changed.json", books), "Changed Ltd").ended).code, 0);
  const changed = books.map((entry, index) => (index === 1 ? { ...entry, description: "Other" } : entry));
  const outcome = await run(write("changed-2.json", changed), "Changed Ltd").ended;
  assert.equal(outcome.code, 1);
  assert.match(outcome.output, /EXTERNAL_ID_TAKEN/);
  const company = await companyNamed("Changed Ltd");
  assert.equal((await get<{ totalCount: number }>(`/companies/${company}/journal-entries?limit=1`)).totalCount, 3);
});
