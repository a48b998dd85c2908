import type { Rows } from "../bench.ts";
import { batchBodies, type EntryShape, oneDate, singleBodies } from "../bodies.ts";
import { type Figure, figure, type Target } from "../figure.ts";
import { drive } from "../load.ts";
import { insertsTo, postsTo } from "../posting.ts";
import { type Books, entriesIn, newBooks } from "../product.ts";
import { interleave, ratios } from "../rounds.ts";

const secondsPerRound = { one: 3, bulk: 2 };
const warmUpSeconds = 1.5;

/** How fast entries are posted over HTTP, each request authenticated and under a fresh idempotency key. */
interface PostingRate {
  readonly name: string;
  readonly kind: "one" | "many" | "minimal";
  readonly shape: EntryShape;
  readonly entriesPerRequest: number;
  readonly connections: number;
  readonly ofFloor?: { readonly name: string; readonly target: Target };
  readonly rate?: { readonly name: string; readonly target: Target };
}

function postingRate({ kind, shape, entriesPerRequest, connections, ofFloor, rate, name }: PostingRate): Rows {
  let books: Books | undefined;
  return {
    names: [ofFloor?.name, rate?.name].filter((figureName) => figureName !== undefined),
    async prepare(bench) {
      books = await newBooks((await bench.product()).api, name, shape.accounts);
    },
    async measure(bench) {
      if (books === undefined) throw new Error("assertion failed: prepared first");
      const { api } = await bench.product();
      const floor = await bench.floor();
      const bodies = kind === "one" ? singleBodies(shape, 2_000, 1) : batchBodies(shape, entriesPerRequest, 40, 1);
      const next = postsTo(api, books, kind, bodies);
      const nextOfFloor = insertsTo(encodeURIComponent(name), bodies);
      let posted = 0;
      const seconds = (round: number | "warm_up") =>
        round === "warm_up" ? warmUpSeconds : kind === "one" ? secondsPerRound.one : secondsPerRound.bulk;
      const figures = await interleave({
        floor: async (round) => {
          const done = await drive(floor.baseUrl, { connections, seconds: seconds(round), next: nextOfFloor });
          return (done.requests * entriesPerRequest) / done.seconds;
        },
        product: async (round) => {
          const done = await drive(api.baseUrl, { connections, seconds: seconds(round), next });
          posted += done.requests * entriesPerRequest;
          return (done.requests * entriesPerRequest) / done.seconds;
        },
      });
      const kept = await entriesIn(api, books);
      if (kept !== posted) throw new Error(`${posted} entries were acknowledged and ${kept} are in the ledger.`);
      const measured: Figure[] = [];
      const unit = kind === "one" ? "requests/s" : "entries/s";
      if (ofFloor) {
        const beside = { [`product ${unit}`]: figures.product, [`floor ${unit}`]: figures.floor };
        measured.push(figure(ofFloor.name, "of floor", ratios(figures.product, figures.floor), ofFloor.target, { beside }));
      }
      if (rate) {
        const beside = { "of floor": ratios(figures.product, figures.floor) };
        measured.push(figure(rate.name, "entries/s", figures.product, rate.target, { beside }));
      }
      return measured;
    },
  };
}

export const oneByOne = postingRate({
  name: "one by one",
  kind: "one",
  shape: oneDate,
  entriesPerRequest: 1,
  connections: 16,
  ofFloor: { name: "one by one: authenticated, idempotent posts", target: { atLeast: 0.75 } },
});

export const hundred = postingRate({
  name: "hundred",
  kind: "many",
  shape: oneDate,
  entriesPerRequest: 100,
  connections: 3,
  rate: { name: "100 per request", target: { atLeast: 45_000 } },
});

export const thousandMinimal = postingRate({
  name: "thousand minimal",
  kind: "minimal",
  shape: oneDate,
  entriesPerRequest: 1_000,
  connections: 3,
  ofFloor: { name: "1,000 per request, one date, 1,000 accounts: return=minimal, of floor", target: { atLeast: 0.45 } },
  rate: { name: "1,000 per request, one date, 1,000 accounts: return=minimal", target: { atLeast: 80_000 } },
});

export const thousandFull = postingRate({
  name: "thousand full",
  kind: "many",
  shape: oneDate,
  entriesPerRequest: 1_000,
  connections: 3,
  rate: { name: "1,000 per request, one date, 1,000 accounts: full answer", target: { atLeast: 60_000 } },
});
