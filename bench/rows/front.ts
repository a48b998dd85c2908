import type { Rows } from "../bench.ts";
import { oneDate, singleBodies } from "../bodies.ts";
import { figure } from "../figure.ts";
import { drive } from "../load.ts";
import { postsTo } from "../posting.ts";
import { type Books, entriesIn, newBooks } from "../product.ts";
import { interleave, ratios } from "../rounds.ts";
import { type Target, targetAt, targetOfRuntime } from "../target.ts";

const name = "one by one through the front of npm start, of straight to the runtime";
const connections = 16;
const warmUpSeconds = 8;
const secondsPerRound = 0.8;
const rounds = 15;

let books: Books | undefined;

/** What the launcher's front costs single posts: the same server is asked through it and on the socket behind it, by turns. */
export const front: Rows = {
  names: [name],
  async prepare(bench) {
    books = await newBooks((await bench.fronted()).api, "front", oneDate.accounts);
  },
  async measure(bench) {
    if (books === undefined) throw new Error("assertion failed: prepared first");
    const { api, baseUrl, runtime } = await bench.fronted();
    const next = postsTo(api, books, "one", singleBodies(oneDate, 2_000, 0));
    let posted = 0;
    const rateOf = (target: Target) => async (round: number | "warm_up") => {
      const done = await drive(target, { connections, seconds: round === "warm_up" ? warmUpSeconds : secondsPerRound, next });
      posted += done.requests;
      return done.requests / done.seconds;
    };
    const figures = await interleave({ through: rateOf(targetAt(baseUrl)), straight: rateOf(targetOfRuntime(runtime)) }, rounds);
    const kept = await entriesIn(api, books);
    if (kept !== posted) throw new Error(`${posted} entries were acknowledged and ${kept} are in the ledger.`);
    const beside = { "requests/s through it": figures.through, straight: figures.straight };
    return [figure(name, "of straight", ratios(figures.through, figures.straight), { atLeast: 0.9 }, { beside })];
  },
};
