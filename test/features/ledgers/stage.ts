import { ownNumber, type StagePart } from "../../support/contract/stage-part.ts";

export const part: StagePart = {
  things: { ledgerId: (stage) => stage.ledgerId },
  bodies: {
    // No ledger of a stage is full.
    closeOutLedger: () => [{ force: true, reason: "Before the audit" }],
    createLedger: (stage) => [{ entityId: stage.entityId, currency: `XA${ownNumber}`, scale: 2 }],
  },
};
