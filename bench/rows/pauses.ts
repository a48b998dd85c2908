import type { Rows } from "../bench.ts";
import { batchBodies, oneDate, singleBodies, yearWithIds } from "../bodies.ts";
import { figure } from "../figure.ts";
import { drive, type PreparedRequest } from "../load.ts";
import { insertsTo, once, postsTo } from "../posting.ts";
import { type Books, newBooks } from "../product.ts";
import { interleave, percentile } from "../rounds.ts";

const pauseName = "longest pause under bulk load: balance reads beside it";
const postsName = "p99 of single posts beside bulk load";

const secondsPerRound = 4;
const warmUpSeconds = 1.5;
/** More than can be posted in a round. */
const batchesPerRound = 400;
/** A probe asks, waits this long after the answer, and asks again. */
const probeEveryMs = 4;

/**
 * What others notice while three connections post 1,000 entries a request over 365 dates with external ids, the load with the most to flush.
 * Seen from outside, nothing subtracted: the edge's own work on the bulk bodies is in it, which shares the thread with the object here.
 */
export const pauses: Rows = (() => {
  let books: Books | undefined;
  return {
    names: [pauseName, postsName],
    async prepare(bench) {
      books = await newBooks((await bench.product()).api, "pauses", yearWithIds.accounts);
      // The floor has a row to read before the load.
      const first = insertsTo("pauses", singleBodies(oneDate, 1, 5));
      await drive((await bench.floor()).baseUrl, { connections: 1, seconds: 60, next: once(first, 1) });
    },
    async measure(bench) {
      if (books === undefined) throw new Error("assertion failed: prepared first");
      const of = books;
      const { api } = await bench.product();
      const floor = await bench.floor();
      const singles = singleBodies(oneDate, 500, 5);
      const noticed = { posts: [] as number[], rate: [] as number[] };
      const noticedOnFloor = { posts: [] as number[] };
      /** The longest read beside the load. */
      const probed = async (
        baseUrl: string,
        round: number | "warm_up",
        sources: Record<"bulk" | "read" | "post", () => PreparedRequest>,
        into: { readonly posts: number[]; readonly rate?: number[] },
      ) => {
        const seconds = round === "warm_up" ? warmUpSeconds : secondsPerRound;
        let loaded = true;
        const beside = (next: () => PreparedRequest) =>
          drive(baseUrl, { connections: 1, seconds, pauseMs: probeEveryMs, next: () => (loaded ? next() : undefined) });
        const bulk = drive(baseUrl, { connections: 3, seconds, next: once(sources.bulk, batchesPerRound) }).finally(() => {
          loaded = false;
        });
        const [done, reads, posts] = await Promise.all([bulk, beside(sources.read), beside(sources.post)]);
        if (round !== "warm_up") {
          into.posts.push(percentile(posts.latenciesMs, 0.99));
          into.rate?.push((done.requests * 1_000) / done.seconds);
        }
        return percentile(reads.latenciesMs, 1);
      };
      const bodies = (round: number | "warm_up") => batchBodies(yearWithIds, 1_000, batchesPerRound, round === "warm_up" ? 999 : round);
      const readHeaders = { "x-api-key": api.key };
      const figures = await interleave({
        floor: (round) =>
          probed(
            floor.baseUrl,
            round,
            {
              bulk: insertsTo("pauses", bodies(round)),
              read: () => ({ method: "GET", path: "/?object=pauses&seq=1", headers: {} }),
              post: insertsTo("pauses", singles),
            },
            noticedOnFloor,
          ),
        product: (round) =>
          probed(
            api.baseUrl,
            round,
            {
              bulk: postsTo(api, of, "minimal", bodies(round)),
              read: () => ({ method: "GET", path: `/api/v1/accounts/${of.accountIds[0]}/balance`, headers: readHeaders }),
              post: postsTo(api, of, "one", singles),
            },
            noticed,
          ),
      });
      return [
        figure(
          pauseName,
          "ms",
          figures.product,
          { atMost: 50 },
          { beside: { "the floor's, ms": figures.floor, "entries/s meanwhile": noticed.rate } },
        ),
        figure(postsName, "ms", noticed.posts, { atMost: 75 }, { beside: { "the floor's, ms": noticedOnFloor.posts } }),
      ];
    },
  };
})();
