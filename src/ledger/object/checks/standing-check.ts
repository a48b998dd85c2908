import type { Fact } from "../../domain/fact.ts";
import { neverRemoved, type Standing } from "../../domain/standing.ts";

/** How the ledger stands after a fact of its log, by what is checked of it. Faults facts that were written where the ledger took none. */
export function standingAfter(before: Standing, sequence: number, fact: Fact, fault: (text: string) => void): Standing {
  switch (fact.kind) {
    case "ledger_frozen":
      faultUnless(before.status !== "retired" && fact.removal > before.removal, sequence, "freezes", fault);
      return { status: "frozen", removal: fact.removal };
    case "ledger_thawed":
      faultUnless(before.status !== "retired" && fact.removal >= before.removal, sequence, "thaws", fault);
      return { status: "open", removal: fact.removal };
    case "ledger_retired":
      faultUnless(before.status !== "retired", sequence, "retires", fault);
      return { status: "retired", removal: fact.removal };
    case "ledger_continued":
      return fact.standing ?? neverRemoved;
    // What a generation begins with is no change of the books.
    case "accounts_carried":
    case "row_carried":
    case "draft_carried":
    case "hold_carried":
    case "state_carried":
      return before;
    default:
      if (before.status !== "open") fault(`sequence ${sequence} was written while the ledger was ${before.status}`);
      return before;
  }
}

function faultUnless(isSound: boolean, sequence: number, does: string, fault: (text: string) => void): void {
  if (!isSound) fault(`sequence ${sequence} ${does} the ledger, whose removal was decided before`);
}
