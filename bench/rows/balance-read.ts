import type { Rows } from "../bench.ts";
import { batchBodies, oneDate } from "../bodies.ts";
import { figure } from "../figure.ts";
import { drive } from "../load.ts";
import { insertsTo, once, postsTo } from "../posting.ts";
import { type Books, newBooks } from "../product.ts";
import { interleave, ratios } from "../rounds.ts";
import type { Target } from "../target.ts";

const name = "balance read, of a bare object read";
const connections = 16;
const warmUpSeconds = 1.5;
const rounds = 9;
const secondsPerRound = 1.2;
const batches = 10;

/** An account's balance over HTTP, authenticated, against a row read by its key in a bare object. */
export const balanceRead: Rows = (() => {
  let books: Books | undefined;
  return {
    names: [name],
    async prepare(bench) {
      const { api, target } = await bench.product();
      books = await newBooks(api, "balance-read", oneDate.accounts);
      const bodies = batchBodies(oneDate, 1_000, batches, 4);
      await drive(target, { connections: 1, seconds: 60, next: once(postsTo(api, books, "minimal", bodies), batches) });
      const floor = await bench.floor();
      await drive(floor.target, { connections: 1, seconds: 60, next: once(insertsTo("balance-read", bodies), batches) });
    },
    async measure(bench) {
      if (books === undefined) throw new Error("assertion failed: prepared first");
      const { accountIds } = books;
      const { api, target } = await bench.product();
      const floor = await bench.floor();
      const headers = { "x-api-key": api.key };
      let asked = 0;
      const rateOf = async (
        at: Target,
        round: number | "warm_up",
        path: (no: number) => string,
        sent: Readonly<Record<string, string>>,
      ) => {
        const next = () => ({ method: "GET", path: path(asked++), headers: sent }) as const;
        const done = await drive(at, { connections, seconds: round === "warm_up" ? warmUpSeconds : secondsPerRound, next });
        return done.requests / done.seconds;
      };
      const figures = await interleave(
        {
          floor: (round) => rateOf(floor.target, round, (no) => `/?object=balance-read&seq=${1 + (no % (batches * 1_000))}`, {}),
          product: (round) => rateOf(target, round, (no) => `/api/v1/accounts/${accountIds[no % accountIds.length]}/balance`, headers),
        },
        rounds,
      );
      const beside = { "reads/s": figures.product, "of the floor": figures.floor };
      return [figure(name, "of floor", ratios(figures.product, figures.floor), { atLeast: 0.75 }, { beside })];
    },
  };
})();
