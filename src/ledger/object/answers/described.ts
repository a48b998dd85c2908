import type { AccountView, DraftView, HoldView, Made } from "../../rpc.ts";

/** A resource as JSON, and what a caller needs to know of it. */
export interface Described {
  readonly text: string;
  readonly made: Made | null;
}

export function describedView(view: DraftView | HoldView | AccountView): Described {
  return { text: JSON.stringify(view), made: madeOfView(view) };
}

function madeOfView(view: DraftView | HoldView | AccountView): Made {
  const { id, status: state } = view;
  return state === "draft" || state === "pending_approval" ? { id, state, version: view.approval.version } : { id, state };
}
