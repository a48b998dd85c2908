/** One measurement of a contender; the warm-up's figure is thrown away. */
export type Contender = (round: number | "warm_up") => Promise<number>;

const roundsMin = 3;

/**
 * Measures contenders in turn, round by round, so that what else the machine does hits all of them; every other round the other way round.
 * Returns each contender's figures in order of rounds.
 */
export async function interleave<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  count: number = roundsMin,
): Promise<Record<Name, number[]>> {
  // Object.entries forgets the names' type.
  const named = Object.entries(contenders) as [Name, Contender][];
  const figures = Object.fromEntries(named.map(([name]) => [name, []])) as unknown as Record<Name, number[]>;
  for (const [, contender] of named) await contender("warm_up");
  for (let round = 0; round < count; round++) {
    for (const [name, contender] of round % 2 === 0 ? named : named.toReversed()) figures[name].push(await contender(round));
  }
  return figures;
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** The `share` of the figures that are no greater. */
export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Round by round, the one over the other. */
export function ratios(figures: readonly number[], over: readonly number[]): number[] {
  return figures.map((figure, round) => figure / (over[round] ?? Number.NaN));
}
