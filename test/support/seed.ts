import { env } from "node:process";

/** The seed of every property test: fixed, so that a red run can be had again. `FC_SEED` tries another. */
export const seed = Number.parseInt(env.FC_SEED ?? "", 10) || 20_261_121;

/** The parameters of a property: its runs start from the one seed, which a failure repeats with the path to the smallest counterexample. */
export function seeded(numRuns: number) {
  return { seed, numRuns } as const;
}

console.log(`properties run from seed ${seed}; FC_SEED=<number> tries another`);
