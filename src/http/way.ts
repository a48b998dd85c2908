import type { MiddlewareHandler } from "hono";
import type { Env, RequestContext } from "./router.ts";
import { answerThrown } from "./thrown.ts";

/** A step of a request on its way to its route: leaves something for what follows, answers by itself, or refuses by throwing. */
export type Step = (c: RequestContext) => Response | undefined | Promise<Response | undefined>;

/** Writes on an answer what it is to carry, whatever it is. */
export type Stamp = (c: RequestContext, headers: Headers) => void;

/**
 * One middleware of many steps, which only waits where a step does: each middleware of its own costs every request two promises and two turns.
 * A refusal of a step is answered and stamped as one of the route is; what a step answers itself is not.
 */
export function way(steps: readonly Step[], stamps: readonly Stamp[]): MiddlewareHandler<Env> {
  return async (c, next) => {
    try {
      for (const step of steps) {
        const taken = step(c);
        const answer = taken instanceof Promise ? await taken : taken;
        if (answer !== undefined) return answer;
      }
      await next();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      c.res = answerThrown(error, c);
    }
    const { headers } = c.res;
    for (const stamp of stamps) stamp(c, headers);
    return undefined;
  };
}
