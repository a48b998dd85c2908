import { type AddressCount, countPerAddress } from "../../platform/count-per-address.ts";
import { notFound, type Refused, rateLimited, refusal } from "../../platform/refused.ts";
import { pathOf } from "../aliases.ts";
import type { RequestContext } from "../request-context.ts";

/** The platform always says the address; nothing else can be trusted to. */
export function addressOf(c: RequestContext): string {
  return c.req.header("cf-connecting-ip") ?? "unknown";
}

/** Requests without a good key. A client that tries every route without one stays below; guessing 256 bits is hopeless at any rate. */
const attempts = countPerAddress(300);
/** Requests without a key for what is not there: a browser asks for an icon, a scanner for everything. Apart, so that these stop no new key. */
const misses = countPerAddress(300);
/** Sign-ups and other writes without a key: an office or a test run behind one address stays below. */
const publicWrites = countPerAddress(600);

/** Counts one of the request's address; refuses, as `RATE_LIMITED`, one too many. `what`: the subject of the refusal. */
function countOne(count: AddressCount, c: RequestContext, what: string): void {
  const waitSeconds = count(addressOf(c), Date.now());
  if (waitSeconds > 0) throw rateLimited(`Too many requests ${what}`, waitSeconds);
}

export function countAttempt(c: RequestContext): void {
  countOne(attempts, c, "without a valid key");
}

/** The key was good: it was no attempt. */
export function uncountAttempt(c: RequestContext): void {
  attempts.uncount(addressOf(c));
}

export function countPublicWrite(c: RequestContext): void {
  countOne(publicWrites, c, "from this address");
}

/** The refusal of what is not there though its path has a route. Counted as what has none. */
export function notThere(c: RequestContext): Refused {
  countOne(misses, c, "for what is not there");
  return notFound();
}

/** The refusal of what has no route. Counted by address where no good key asks: each costs a search of the routes, whose result is not cached. */
export function noRoute(c: RequestContext): Refused {
  if (c.get("context") === undefined) countOne(misses, c, "for what is not there");
  const path = pathOf(c.req.raw);
  const whereTheyAre = path.startsWith("/api/v1/") ? "" : " Those of the API are below /api/v1; /docs lists them.";
  return refusal("ROUTE_NOT_FOUND", `There is no route ${c.req.method} ${path.slice(0, 200)}.${whereTheyAre}`);
}
