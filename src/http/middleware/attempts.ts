import { countPerAddress } from "../../platform/count-per-address.ts";
import type { RequestContext } from "../request-context.ts";

/** The platform always says the address; nothing else can be trusted to. */
export function addressOf(c: RequestContext): string {
  return c.req.header("cf-connecting-ip") ?? "unknown";
}

/** Requests without a good key. A client that tries every route without one stays below; guessing 256 bits is hopeless at any rate. */
export const countAttempt = countPerAddress(300);
/** Sign-ups and other writes without a key: an office or a test run behind one address stays below. */
export const countPublicWrite = countPerAddress(600);
