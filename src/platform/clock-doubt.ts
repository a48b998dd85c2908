/**
 * `npm start` watches the machine's clock, and refuses writes where it doubts it. What records by itself, or while it reads, asks here.
 * Deployed there is no such binding, and no doubt: the platform keeps its clocks.
 */

/** By which the front of `npm start` says so of a request. It lets no client say it, and the binding below proves that there is such a front. */
export const clockDoubtedHeader = "cf-clock-doubted";
/** How soon an alarm that has met a doubted clock rings again. */
export const clockAskedAgainMs = 60_000;
const bindingName = "CLOCK_WATCH";

function clockWatch(env: object): Fetcher | undefined {
  return Reflect.get(env, bindingName);
}

/** Whether the clock is doubted as a request comes in. */
export function isClockDoubted(env: object, header: (name: string) => string | undefined): boolean {
  return clockWatch(env) !== undefined && header(clockDoubtedHeader) !== undefined;
}

/** Whether it is doubted now, for what no request has asked for. */
export async function isClockDoubtedNow(env: object): Promise<boolean> {
  const watch = clockWatch(env);
  return watch !== undefined && (await watch.fetch("http://clock-watch/")).status !== 204;
}
