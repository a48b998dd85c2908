export interface CurlLine {
  readonly title: string;
  readonly note: string;
  readonly command: string;
}

interface Sandbox {
  readonly key: string;
  readonly entityId: string | null;
}

/** The company that the lines make where there is none. */
export const exampleCompany = "Example Ltd";

const firstEntry = {
  date: "2026-06-08",
  description: "Office supplies",
  lines: [
    { accountCode: "6100", side: "debit", amount: 4299 },
    { accountCode: "1010", side: "credit", amount: 4299 },
  ],
};

/**
 * Three commands to begin with, each one line to paste into a shell.
 * With the sandbox of this machine they work as they are; without one they begin with the sign-up. Each may be pasted twice.
 */
export function curlLines(baseUrl: string, sandbox: Sandbox | undefined): readonly CurlLine[] {
  const key = sandbox?.key ?? "ch_test_…";
  // Named, so that the lines still work when the site has more companies.
  const books = sandbox?.entityId ? `/companies/${sandbox.entityId}` : "";
  const get = (path: string) => `curl -s '${baseUrl}/api/v1${path}' -H 'X-API-Key: ${key}'`;
  const post = (path: string, idempotencyKey: string, body: unknown) =>
    `${get(path)} -H 'Idempotency-Key: ${idempotencyKey}' -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`;

  const signUp: CurlLine = {
    title: "Sign up",
    note: "Answers a live and a sandbox site, and the key of each, shown once.",
    command: `curl -s '${baseUrl}/api/v1/signup' -H 'Content-Type: application/json' -d '${JSON.stringify({ firmName: "Example Ltd", ownerEmail: "owner@example.com" })}'`,
  };
  const company: CurlLine = {
    title: "Open a company's books",
    note: "Its ledger, and a chart of accounts to post to.",
    command: post("/entities", "first-company", { name: exampleCompany, functionalCurrency: "USD", chart: "us-small-business" }),
  };
  const entry: CurlLine = {
    title: "Post an entry",
    note: "Paste it twice: the same key posts once.",
    command: post(`${books}/journal-entries`, "first-entry", firstEntry),
  };
  const trialBalance: CurlLine = {
    title: "Read the trial balance",
    note: "Exact as soon as the entry is answered.",
    command: get(`${books}/reports/trial-balance`),
  };
  const readBack: CurlLine = {
    title: "Read the latest entries",
    note: "The newest first, each with its sequence and its lines.",
    command: get(`${books}/journal-entries?limit=3&sort=sequence:desc`),
  };

  if (!sandbox) return [signUp, company, entry];
  if (!sandbox.entityId) return [company, entry, trialBalance];
  return [trialBalance, entry, readBack];
}
