import type { Rows } from "../bench.ts";
import { batchBodies, oneDate, type shapes, singleBodies, yearWithIds } from "../bodies.ts";
import type { PreparedRequest } from "../connection.ts";
import { figure } from "../figure.ts";
import { drive } from "../load.ts";
import { insertsTo, once, postsTo } from "../posting.ts";
import { type Books, newBooks } from "../product.ts";
import { interleave, percentile } from "../rounds.ts";
import type { Target } from "../target.ts";

/** Many and short: a round's longest pause is a single one, and the machine has some of its own. */
const rounds = 7;
const secondsPerRound = 1.5;
const warmUpSeconds = 1;
/** More than can be posted in a round: external ids are posted once. */
const batchesPerRound = 300;
/** A probe asks, waits this long after the answer, and asks again. */
const probeEveryMs = 4;

/** What is sent at the same time, and what the probes saw. */
interface Load {
  readonly target: Target;
  readonly bulk: () => PreparedRequest;
  readonly read: () => PreparedRequest;
  readonly post: () => PreparedRequest;
}
interface Seen {
  readonly longestReadMs: number[];
  readonly postP99Ms: number[];
  readonly bulkRate: number[];
}

/**
 * What others notice while three connections post 1,000 entries a request.
 * Seen from outside, nothing subtracted: the edge's own work on the bulk bodies is in it, which shares the thread with the object here.
 */
function pausesUnder(load: keyof typeof shapes, shape: typeof oneDate, said: string): Rows {
  const pauseName = `longest pause under bulk load, ${said}`;
  const postsName = `p99 of single posts under bulk load, ${said}`;
  const company = `pauses-${load}`;
  let books: Books | undefined;
  return {
    names: [pauseName, postsName],
    async prepare(bench) {
      books = await newBooks((await bench.product()).api, company, shape.accounts);
      // The floor has a row to read before the load.
      const first = insertsTo(company, singleBodies(oneDate, 1, 5));
      await drive((await bench.floor()).target, { connections: 1, seconds: 60, next: once(first, 1) });
    },
    async measure(bench) {
      if (books === undefined) throw new Error("assertion failed: prepared first");
      const measured = books;
      const { api, target } = await bench.product();
      const floor = await bench.floor();
      const singles = singleBodies(oneDate, 500, 5);
      const bodies = (round: number | "warm_up") => batchBodies(shape, 1_000, batchesPerRound, round === "warm_up" ? 999 : round);
      const onProduct: Seen = { longestReadMs: [], postP99Ms: [], bulkRate: [] };
      const onFloor: Seen = { longestReadMs: [], postP99Ms: [], bulkRate: [] };
      const headers = { "x-api-key": api.key };
      await interleave(
        {
          floor: (round) =>
            probe(round, onFloor, {
              target: floor.target,
              bulk: insertsTo(company, bodies(999)),
              read: () => ({ method: "GET", path: `/?object=${company}&seq=1`, headers: {} }),
              post: insertsTo(company, singles),
            }),
          product: (round) =>
            probe(round, onProduct, {
              target,
              bulk: postsTo(api, measured, "minimal", bodies(round)),
              read: () => ({ method: "GET", path: `/api/v1/accounts/${measured.accountIds[0]}/balance`, headers }),
              post: postsTo(api, measured, "one", singles),
            }),
        },
        rounds,
      );
      const beside = { "entries/s meanwhile": onProduct.bulkRate };
      return [
        figure(
          pauseName,
          "ms",
          onProduct.longestReadMs,
          { atMost: 50 },
          { beside: { "the floor's ms": onFloor.longestReadMs, ...beside } },
        ),
        figure(postsName, "ms", onProduct.postP99Ms, { atMost: 75 }, { beside: { "the floor's ms": onFloor.postP99Ms, ...beside } }),
      ];
    },
  };
}

async function probe(round: number | "warm_up", seen: Seen, { target, bulk, read, post }: Load): Promise<number> {
  const seconds = round === "warm_up" ? warmUpSeconds : secondsPerRound;
  let loaded = true;
  const beside = (next: () => PreparedRequest) =>
    drive(target, { connections: 1, seconds, pauseMs: probeEveryMs, next: () => (loaded ? next() : undefined) });
  const load = drive(target, { connections: 3, seconds, next: once(bulk, batchesPerRound) }).finally(() => {
    loaded = false;
  });
  const [done, reads, posts] = await Promise.all([load, beside(read), beside(post)]);
  const longest = percentile(reads.latenciesMs, 1);
  if (round !== "warm_up") {
    seen.longestReadMs.push(longest);
    seen.postP99Ms.push(percentile(posts.latenciesMs, 0.99));
    seen.bulkRate.push((done.requests * 1_000) / done.seconds);
  }
  return longest;
}

export const pauses: readonly Rows[] = [
  pausesUnder("oneDate", oneDate, "one date"),
  pausesUnder("yearWithIds", yearWithIds, "365 dates with externalIds"),
];
