import type { Bench, Rows } from "../bench.ts";
import { batchBodies, type EntryShape, oneDate, singleBodies, yearWithIds } from "../bodies.ts";
import { type Figure, figure, type Target } from "../figure.ts";
import { drive } from "../load.ts";
import { insertsTo, once, postsTo } from "../posting.ts";
import { type Books, entriesIn, newBooks } from "../product.ts";
import { interleave, ratios } from "../rounds.ts";

/** How fast entries are posted over HTTP, each request authenticated and under a fresh idempotency key, against the floor given the same bodies. */
interface PostingRate {
  readonly company: string;
  readonly kind: "one" | "many" | "minimal";
  readonly shape: EntryShape;
  readonly entriesPerRequest: number;
  readonly ofFloor?: { readonly name: string; readonly target: Target };
  readonly rate?: { readonly name: string; readonly target: Target };
}

/** A fresh runtime's compilers take thousands of requests to be done; those of 100 entries were measured to gain a fifth in their first ten seconds. */
const warmUpSeconds = { one: 8, many: 10, minimal: 2 };
const connections = { one: 16, many: 3, minimal: 3 };
const secondsPerRound = 0.8;
/** Many and short: one round differs from the next by a tenth and more, by what else the machine does. */
const rounds = 15;
/** More than can be posted in a round: external ids are posted once, so that each round has bodies of its own. */
const batchesPerRound = 300;

function postingRate({ company, kind, shape, entriesPerRequest, ofFloor, rate }: PostingRate): Rows {
  let books: Books | undefined;
  const measureWith = async (bench: Bench, of: Books): Promise<Record<"floor" | "product", number[]>> => {
    const { api, target } = await bench.product();
    const floor = await bench.floor();
    // The floor and whoever posts no external ids may see a body again.
    const bodies = kind === "one" ? singleBodies(shape, 2_000, 0) : batchBodies(shape, entriesPerRequest, 40, 0);
    const bodiesOf = (round: number | "warm_up") =>
      shape.externalIds ? batchBodies(shape, entriesPerRequest, batchesPerRound, round === "warm_up" ? 999 : 1 + round) : bodies;
    let posted = 0;
    const secondsOf = (round: number | "warm_up") => (round === "warm_up" ? warmUpSeconds[kind] : secondsPerRound);
    const figures = await interleave(
      {
        floor: async (round) => {
          const next = insertsTo(company, bodies);
          const done = await drive(floor.target, { connections: connections[kind], seconds: secondsOf(round), next });
          return (done.requests * entriesPerRequest) / done.seconds;
        },
        product: async (round) => {
          const fresh = bodiesOf(round);
          const next = once(postsTo(api, of, kind, fresh), shape.externalIds ? fresh.length : Number.POSITIVE_INFINITY);
          const done = await drive(target, { connections: connections[kind], seconds: secondsOf(round), next });
          posted += done.requests * entriesPerRequest;
          return (done.requests * entriesPerRequest) / done.seconds;
        },
      },
      rounds,
    );
    const kept = await entriesIn(api, of);
    if (kept !== posted) throw new Error(`${posted} entries were acknowledged and ${kept} are in the ledger.`);
    return figures;
  };
  return {
    names: [ofFloor?.name, rate?.name].filter((name) => name !== undefined),
    async prepare(bench) {
      books = await newBooks((await bench.product()).api, company, shape.accounts);
    },
    async measure(bench) {
      if (books === undefined) throw new Error("assertion failed: prepared first");
      const { floor, product } = await measureWith(bench, books);
      const unit = kind === "one" ? "requests/s" : "entries/s";
      const measured: Figure[] = [];
      if (ofFloor) {
        const beside = { [unit]: product, "of the floor": floor };
        measured.push(figure(ofFloor.name, "of floor", ratios(product, floor), ofFloor.target, { beside }));
      }
      if (rate) measured.push(figure(rate.name, unit, product, rate.target, { beside: { "of floor": ratios(product, floor) } }));
      return measured;
    },
  };
}

export const oneByOne = postingRate({
  company: "one-by-one",
  kind: "one",
  shape: oneDate,
  entriesPerRequest: 1,
  ofFloor: { name: "one by one: authenticated, idempotent posts", target: { atLeast: 0.75 } },
});

export const hundred = postingRate({
  company: "hundred",
  kind: "many",
  shape: oneDate,
  entriesPerRequest: 100,
  rate: { name: "100 per request", target: { atLeast: 45_000 } },
});

const thousandName = "1,000 per request, one date, 1,000 accounts";

export const thousandMinimal = postingRate({
  company: "thousand-minimal",
  kind: "minimal",
  shape: oneDate,
  entriesPerRequest: 1_000,
  ofFloor: { name: `${thousandName}: minimal, of floor`, target: { atLeast: 0.45 } },
  rate: { name: `${thousandName}: minimal`, target: { atLeast: 80_000 } },
});

export const thousandFull = postingRate({
  company: "thousand-full",
  kind: "many",
  shape: oneDate,
  entriesPerRequest: 1_000,
  rate: { name: `${thousandName}: full answer`, target: { atLeast: 60_000 } },
});

export const thousandOverYear = postingRate({
  company: "thousand-year",
  kind: "minimal",
  shape: yearWithIds,
  entriesPerRequest: 1_000,
  rate: { name: "1,000 per request, 365 dates, random externalIds: minimal", target: { atLeast: 40_000 } },
});
