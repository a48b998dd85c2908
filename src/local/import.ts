import { readFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { SingleBar } from "cli-progress";
import { type Api, RequestRefused } from "./api-client.ts";
import { readBooks } from "./books-file.ts";
import { projectRoot } from "./build.ts";
import { describedServer } from "./data-files.ts";
import { AccountsDisagree, type ImportedBooks, importBooks } from "./import-books.ts";

const usage = `npm run import -- books.json [--company "Name"] [--key ch_…] [--data .countinghouse] [--url http://127.0.0.1:8787]

  Posts a file of entries into the sandbox of the running server: a JSON array of
  {"id","date","description","lines":[{"account":"Assets:Checking","type":"asset|liability|equity|revenue|expense","debit":0,"credit":0}]}
  with amounts in cents. It makes the company and the accounts that the file names. The same file twice changes nothing.

  --company  the company to post to, made with books in USD where there is none of that name. Default: the file's name.
  --key      the key to post with. Default: the sandbox key of the server.
  --data     the data folder of the server. Default .countinghouse.
  --url      the server, where it is not the one of the data folder; --key goes with it.`;

/** A mistake of the caller's, reported without a stack. */
class UsageError extends Error {}

async function run(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      company: { type: "string" },
      key: { type: "string" },
      data: { type: "string", default: path.join(projectRoot, ".countinghouse") },
      url: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [file, ...others] = positionals;
  if (values.help || file === undefined || others.length > 0) {
    console.log(usage);
    return values.help ? 0 : 2;
  }
  const books = readBooks(await readEntriesFile(file));
  if (!books.ok) {
    for (const { line, column, message } of books.failure) console.error(`${file}:${line}:${column} ${message}`);
    console.error(`${books.failure.length === 1 ? "1 fault" : `${books.failure.length} faults`}; nothing was posted.`);
    return 1;
  }
  if (books.value.entries.length === 0) throw new UsageError(`${file} has no entries; nothing was posted.`);
  const company = values.company ?? path.parse(file).name;
  const startedAt = performance.now();
  const bar = new SingleBar({ format: "Posting [{bar}] {value} of {total} entries", hideCursor: true, clearOnComplete: true });
  bar.start(books.value.entries.length, 0);
  const outcome = await importBooks(apiFor(values), company, books.value, (done) => bar.update(done)).finally(() => bar.stop());
  report(outcome, performance.now() - startedAt);
  return 0;
}

async function readEntriesFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(fromCaller(file));
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") throw new UsageError(`There is no file ${file}.`);
    if (code === "EISDIR") throw new UsageError(`${file} is a folder, not a file of entries.`);
    if (code === "EACCES") throw new UsageError(`${file} may not be read.`);
    throw error;
  }
}

/** npm runs scripts in the project's folder; a path is meant from where it was called. */
function fromCaller(file: string): string {
  return path.resolve(process.env.INIT_CWD ?? ".", file);
}

function apiFor({ url, key, data }: { readonly url?: string; readonly key?: string; readonly data: string }): Api {
  // Another server's key would only be unknown there.
  if (url !== undefined && key === undefined) throw new UsageError("--url takes --key with it: the key of that server.");
  if (url !== undefined && key !== undefined) return { baseUrl: url.replace(/(?:\/api\/v1)?\/?$/, ""), key };
  const server = describedServer(fromCaller(data));
  if (!server) throw new UsageError(`No server runs on ${data}. Start one with npm start, or name one with --url and --key.`);
  return { baseUrl: server.baseUrl, key: key ?? server.sandbox.key };
}

function report(outcome: ImportedBooks, tookMs: number): void {
  const there = outcome.alreadyThere > 0 ? `; ${number(outcome.alreadyThere)} were already there` : "";
  const accounts = outcome.accountsOpened > 0 ? ` and opened ${number(outcome.accountsOpened)} accounts` : "";
  const made = outcome.companyMade ? "the new company" : "the company";
  console.log(
    `Posted ${number(outcome.posted)} entries${accounts} in ${made} "${outcome.company}"${there}. It took ${(tookMs / 1000).toFixed(1)} s.`,
  );
  console.log(`Company id ${outcome.entityId}`);
}

function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** What to do about a refusal: not all are the file's fault. */
function remedyOf({ status }: RequestRefused): string {
  if (status === 401) return "restart the server, which replaces a printed key that has ended, or give a key of this server with --key.";
  if (status === 403) return "give a key of the role ADMIN or above with --key.";
  if (status === 404) return "give the server's address with --url, without /api/v1, and a key of the company's own site.";
  return "correct the file and run the import again.";
}

function explain(error: unknown): string {
  if (error instanceof RequestRefused) {
    const details = (error.reason.details ?? []).map(({ pointer, message }) => `  ${pointer ?? ""} ${message ?? ""}`);
    return [`The server refused: ${error.message}`, ...details, `What was posted before stays; ${remedyOf(error)}`].join("\n");
  }
  if (error instanceof UsageError || error instanceof AccountsDisagree) return error.message;
  if (error instanceof TypeError && error.message === "fetch failed")
    return "The server does not answer. What was posted stays; the next run completes it.";
  if (error instanceof Error && "code" in error) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  process.exitCode = await run();
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}
