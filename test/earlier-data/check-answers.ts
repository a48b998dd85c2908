import { type Difference, differencesOf, type ExpectedDifference, unexpected } from "./compare-answers.ts";
import { ask, type Exchange } from "./exchange.ts";

/** Asks a running server everything that was asked before, in the same order, and gives what is answered otherwise than is expected. */
export async function checkAnswers(
  baseUrl: string,
  exchanges: readonly Exchange[],
  expected: readonly ExpectedDifference[],
): Promise<{ readonly differences: readonly Difference[]; readonly missing: readonly ExpectedDifference[] }> {
  const found: Difference[] = [];
  for (const exchange of exchanges) found.push(...differencesOf(exchange, await ask(baseUrl, exchange.asked)));
  return unexpected(found, expected);
}
