import { existsSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { batchBodies, oneDate, singleBodies } from "./bodies.ts";
import { drive } from "./load.ts";
import { postsTo } from "./posting.ts";
import { type Books, newBooks, type Product, startProduct } from "./product.ts";
import { interleave, median, ratios } from "./rounds.ts";
import { targetAt } from "./target.ts";

const usage = `node bench/compare.ts --against DIR [--rounds 30]

  Compares this checkout with another one that is built (npm ci && npm run build), by turns in the same minutes:
  requests or entries a second of this one over those of the other, the median of the rounds and the middle half of them.`;

/** One way of asking, as both checkouts are asked. */
interface Way {
  readonly name: string;
  readonly accounts: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  readonly entriesPerRequest: number;
  readonly next: (product: ComparedProduct, books: Books) => Parameters<typeof drive>[1]["next"];
}

type ComparedProduct = Omit<Product, "target"> & Partial<Pick<Product, "target">>;

const secondsPerRound = 0.8;

const ways: readonly Way[] = [
  {
    name: "one by one",
    accounts: oneDate.accounts,
    warmUpSeconds: 8,
    connections: 16,
    entriesPerRequest: 1,
    next: ({ api }, books) => postsTo(api, books, "one", singleBodies(oneDate, 2_000, 0)),
  },
  {
    name: "100 per request",
    accounts: oneDate.accounts,
    warmUpSeconds: 10,
    connections: 3,
    entriesPerRequest: 100,
    next: ({ api }, books) => postsTo(api, books, "many", batchBodies(oneDate, 100, 40, 0)),
  },
  {
    name: "1,000 per request, minimal",
    accounts: oneDate.accounts,
    warmUpSeconds: 3,
    connections: 3,
    entriesPerRequest: 1_000,
    next: ({ api }, books) => postsTo(api, books, "minimal", batchBodies(oneDate, 1_000, 40, 0)),
  },
  {
    name: "balance reads",
    accounts: oneDate.accounts,
    warmUpSeconds: 3,
    connections: 16,
    entriesPerRequest: 1,
    next: ({ api }, { accountIds }) => {
      let asked = 0;
      const headers = { "x-api-key": api.key };
      return () => ({ method: "GET", path: `/api/v1/accounts/${accountIds[asked++ % accountIds.length]}/balance`, headers });
    },
  },
];

const { values } = parseArgs({ options: { against: { type: "string" }, rounds: { type: "string", default: "30" } } });
if (values.against === undefined || !existsSync(path.join(values.against, "bench/product.ts"))) {
  console.log(usage);
  process.exit(1);
}
// The other checkout starts its own build with its own launcher.
const other = (await import(pathToFileURL(path.resolve(values.against, "bench/product.ts")).href)) as {
  // One from before the front has no target: its base URL is the runtime's own.
  startProduct: (dataDir: string) => Promise<ComparedProduct>;
};
const folder = await mkdtemp(path.join(tmpdir(), "countinghouse-compare-"));
const products: Record<"before" | "now", ComparedProduct> = {
  before: await other.startProduct(path.join(folder, "before")),
  now: await startProduct(path.join(folder, "now")),
};
try {
  for (const way of ways) {
    const contender = async (name: keyof typeof products) => {
      const product = products[name];
      const next = way.next(product, await newBooks(product.api, way.name, way.accounts));
      return async (round: number | "warm_up") => {
        const seconds = round === "warm_up" ? way.warmUpSeconds : secondsPerRound;
        const done = await drive(product.target ?? targetAt(product.api.baseUrl), { connections: way.connections, seconds, next });
        return (done.requests * way.entriesPerRequest) / done.seconds;
      };
    };
    const measured = await interleave({ before: await contender("before"), now: await contender("now") }, Number(values.rounds));
    const over = ratios(measured.now, measured.before).toSorted((a, b) => a - b);
    const quarter = (share: number) => (over[Math.floor(over.length * share)] ?? Number.NaN).toFixed(3);
    const [before, now] = [median(measured.before), median(measured.now)].map(Math.round);
    console.log(
      `${way.name}: ${now}/s, before ${before}/s; ratio ${median(over).toFixed(3)} (middle half ${quarter(0.25)} to ${quarter(0.75)})`,
    );
  }
} finally {
  for (const { stop } of Object.values(products)) await stop();
  rmSync(folder, { recursive: true, force: true });
}
