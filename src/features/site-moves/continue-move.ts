import type { BaseContext } from "../../operation/context.ts";
import type { MoveRow } from "./store.ts";
import { listRunningMoves } from "./store.ts";

/** A move of a site that is to be continued. */
export interface SiteMoveMessage {
  readonly moveId: string;
}

/** Has the queue continue a move that is not done, when it is due. */
export async function continueMove({ env, clock }: Pick<BaseContext, "env" | "clock">, move: MoveRow): Promise<void> {
  if (move.finishedAt !== null) return;
  await env.SITE_MOVES.send({ moveId: move.id }, { delaySeconds: Math.max(1, Math.ceil((move.waitUntil - clock()) / 1000)) });
}

/** Has the queue look at every move that is not done: its message may have been lost. One message too many does nothing. */
export async function continueMoves(context: BaseContext): Promise<void> {
  for (const move of await listRunningMoves(context.directory)) await continueMove(context, move);
}
