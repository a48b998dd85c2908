import type { MiddlewareHandler } from "hono";
import type { Env, RequestContext } from "./request-context.ts";

/** A step of a request on its way to its route: leaves something for what follows, answers by itself, or refuses by throwing. */
export type Step = (c: RequestContext) => Response | undefined | Promise<Response | undefined>;

/** Writes on an answer what it is to carry, whatever it is. */
export type Stamp = (c: RequestContext, headers: Headers) => void;

/** Steps in order, and what is written on the answer after them. */
export interface PipelinePart {
  readonly steps: readonly Step[];
  readonly stamps: readonly Stamp[];
}

/**
 * The steps of every request, and further ones of those below a path: one middleware, because each of its own costs two promises and two turns.
 * Waits only where a step does. What a step or the route throws is answered, and carries the stamps; what a step answers itself, those of every request.
 */
export function pipeline(
  every: PipelinePart,
  below: PipelinePart & { readonly path: string },
  answerThrown: (error: Error, c: RequestContext) => Response,
): MiddlewareHandler<Env> {
  const inside: PipelinePart = { steps: [...every.steps, ...below.steps], stamps: [...below.stamps, ...every.stamps] };
  return async (c, next) => {
    const { steps, stamps } = isBelow(c.req.path, below.path) ? inside : every;
    try {
      for (const step of steps) {
        const taken = step(c);
        const answer = taken instanceof Promise ? await taken : taken;
        if (answer === undefined) continue;
        stamp(c, answer.headers, every.stamps);
        return answer;
      }
      await next();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      c.res = answerThrown(error, c);
    }
    stamp(c, c.res.headers, stamps);
    return undefined;
  };
}

function isBelow(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && (path.length === prefix.length || path[prefix.length] === "/");
}

function stamp(c: RequestContext, headers: Headers, stamps: readonly Stamp[]): void {
  for (const write of stamps) write(c, headers);
}
