import { present } from "../../../kernel/assert.ts";
import { decodeFact } from "../../domain/fact-text.ts";
import type { Overlay } from "../../domain/overlay.ts";
import type { CommitContext } from "../log/journal.ts";
import type { StoredState } from "../state/stored-state.ts";
import type { Describing } from "./unposted-views.ts";

/** What is written and not in the journal yet. */
interface InTheMaking {
  readonly overlay: Overlay;
  readonly context: CommitContext;
  readonly seal: string;
}

/** What describes drafts and holds: the journal, and what is about to be written to it. */
export function describingOf(state: StoredState, knownAt: number, making?: InTheMaking): Describing {
  const known = making?.overlay ?? state;
  return {
    identity: state.identity,
    knownAt,
    accountOf: (no) => present(known.account(no), "a line's account exists"),
    draft: (no) => known.draft(no),
    hold: (no) => known.hold(no),
    row: (sequence) => {
      const fact = making?.overlay.facts[sequence - making.overlay.firstSequence];
      if (making !== undefined && fact !== undefined) return { seq: sequence, fact, context: making.context, seal: making.seal };
      const row = present(state.row(sequence), "a described sequence is in the journal");
      return { seq: sequence, fact: decodeFact(row.body), context: row.context, seal: row.seal };
    },
  };
}
