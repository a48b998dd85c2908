import { createHash } from "node:crypto";
import { z } from "zod";
import { generalType } from "../kernel/account-type.ts";
import { accountsPerImportMax, bodyBytesMax, codeLengthMax, linesPerBatchMax, pageLimitMax } from "../kernel/bounds.ts";
import { type Api, callApi } from "./api-client.ts";
import type { Books, BooksAccount, BooksEntry } from "./books-file.ts";

export interface ImportedBooks {
  readonly company: string;
  readonly entityId: string;
  readonly companyMade: boolean;
  readonly accountsOpened: number;
  readonly posted: number;
  readonly alreadyThere: number;
}

/** An account of the file exists in the company's books as something else. */
export class AccountsDisagree extends Error {}

const entriesPerRequest = 1_000;

/**
 * Posts books into the company of this name, which is made where there is none.
 * Entries go in the file's order, in batches that are posted whole or not at all, so that what an interrupted run leaves is a beginning of the
 * file; ids are external ids, and the batches' idempotency keys follow from what is in them, so that a run can be repeated at any time.
 */
export async function importBooks(api: Api, company: string, books: Books, onProgress: (done: number) => void): Promise<ImportedBooks> {
  const entity = await findOrMakeCompany(api, company);
  const accountsOpened = await openMissingAccounts(api, entity.id, books.accounts);
  let head = await lastSequence(api, entity.id);
  let done = 0;
  let posted = 0;
  for (const entries of batchesOf(books.entries.map(entryRequest))) {
    const body = { mode: "atomic", entries };
    const answer = await callApi(api, "POST", `/companies/${entity.id}/journal-entries/batch`, {
      body,
      idempotencyKey: `import-${hashOf(JSON.stringify(body))}`,
      headers: { Prefer: "return=minimal" },
    });
    const receipt = Receipts.parse(answer.body);
    // What was posted before has its place before the end of the log as it was.
    if (!answer.replayed) for (const { sequence } of receipt.data) if (sequence > head) posted += 1;
    head = Math.max(head, receipt.head.sequence);
    done += entries.length;
    onProgress(done);
  }
  return { company, entityId: entity.id, companyMade: entity.made, accountsOpened, posted, alreadyThere: done - posted };
}

const Receipts = z.object({ data: z.array(z.object({ sequence: z.number() })), head: z.object({ sequence: z.number() }) });

function entryRequest(entry: BooksEntry): object {
  return {
    date: entry.date,
    description: entry.description,
    externalId: entry.id,
    lines: entry.lines.map(({ account, side, amount }) => ({ accountCode: accountCode(account), side, amount })),
  };
}

/** Batches in order, as large as the API accepts them. */
function* batchesOf(entries: readonly object[]): Generator<readonly object[]> {
  // Characters, of which one takes up to three bytes; the bound is in bytes.
  const lengthMax = bodyBytesMax / 4;
  let batch: object[] = [];
  let lines = 0;
  let length = 0;
  for (const entry of entries) {
    const more = { lines: "lines" in entry && Array.isArray(entry.lines) ? entry.lines.length : 0, length: JSON.stringify(entry).length };
    const full = batch.length === entriesPerRequest || lines + more.lines > linesPerBatchMax || length + more.length > lengthMax;
    if (full) {
      yield batch;
      batch = [];
      lines = 0;
      length = 0;
    }
    batch.push(entry);
    lines += more.lines;
    length += more.length;
  }
  if (batch.length > 0) yield batch;
}

/** The code of an account: its path, where it fits; else its beginning and a digest of all of it. The same in every file. */
export function accountCode(accountPath: string): string {
  if (accountPath.length <= codeLengthMax) return accountPath;
  const digest = hashOf(accountPath).slice(0, 12);
  const beginning = accountPath.slice(0, codeLengthMax - digest.length - 1);
  // Half of a surrogate pair at the cut, or a space, would be no code.
  return `${beginning.replace(/[\uD800-\uDBFF]$/, "").trimEnd()}~${digest}`;
}

const Page = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), nextCursor: z.string().nullable().optional() });

async function* listAll<T extends z.ZodType>(api: Api, list: string, item: T): AsyncGenerator<z.output<T>> {
  for (let cursor: string | null | undefined = ""; cursor !== null && cursor !== undefined; ) {
    const at = `${list}${list.includes("?") ? "&" : "?"}limit=${pageLimitMax}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`;
    const page: { readonly data: z.output<T>[]; readonly nextCursor?: string | null | undefined } = Page(item).parse(
      (await callApi(api, "GET", at)).body,
    );
    yield* page.data;
    cursor = page.nextCursor;
  }
}

const Company = z.object({ id: z.string(), name: z.string(), status: z.string() });

async function findOrMakeCompany(api: Api, name: string): Promise<{ readonly id: string; readonly made: boolean }> {
  for await (const company of listAll(api, "/companies", Company)) {
    if (company.name === name.trim() && company.status === "active") return { id: company.id, made: false };
  }
  const { body } = await callApi(api, "POST", "/entities", {
    body: { kind: "company", name, functionalCurrency: "USD" },
    idempotencyKey: `import-company-${hashOf(name)}`,
  });
  return { id: Company.parse(body).id, made: true };
}

const Account = z.object({ code: z.string(), externalId: z.string().nullable(), class: z.string(), status: z.string() });

/** Opens what the company lacks. An account that exists is taken as it is where its class agrees. */
async function openMissingAccounts(api: Api, entityId: string, accounts: readonly BooksAccount[]): Promise<number> {
  const existing = new Map<string, z.output<typeof Account>>();
  for await (const account of listAll(api, `/companies/${entityId}/accounts`, Account)) existing.set(account.code, account);
  const disagreeing: string[] = [];
  const missing = accounts.filter(({ path, class: wanted }) => {
    const found = existing.get(accountCode(path));
    if (!found) return true;
    if (found.class !== wanted)
      disagreeing.push(`Account ${path} is of type ${wanted} in the file and ${found.class} in the company's books.`);
    else if (found.status !== "active") disagreeing.push(`Account ${path} is archived in the company's books.`);
    return false;
  });
  if (disagreeing.length > 0) throw new AccountsDisagree([...disagreeing, "Nothing was posted."].join("\n"));
  for (let at = 0; at < missing.length; at += accountsPerImportMax) {
    const rows = missing.slice(at, at + accountsPerImportMax).map(({ path, name, class: accountClass, parent }) => ({
      code: accountCode(path),
      name,
      type: generalType[accountClass],
      externalId: path,
      ...(parent !== null && { parentCode: accountCode(parent) }),
    }));
    const body = { entityId, accounts: rows };
    await callApi(api, "POST", "/accounts/import", { body, idempotencyKey: `import-accounts-${hashOf(JSON.stringify(body))}` });
  }
  return missing.length;
}

async function lastSequence(api: Api, entityId: string): Promise<number> {
  const { body } = await callApi(api, "GET", `/companies/${entityId}/journal-entries?limit=1&sort=sequence:desc`);
  return z.object({ data: z.array(z.object({ sequence: z.number() })) }).parse(body).data[0]?.sequence ?? 0;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 40);
}
