import type { StagePart } from "../../support/contract/stage-part.ts";

export const part: StagePart = {
  makers: {
    // A group has the id that its first hold gives it.
    "/hold-groups": async (stage, hands) => {
      const groupId = crypto.randomUUID();
      const lines = [
        { accountCode: "6100", side: "debit", amount: 1 },
        { accountCode: "1010", side: "credit", amount: 1 },
      ];
      await hands.post(stage, "/holds", { entityId: stage.entityId, groupId, date: "2026-06-08", lines });
      return { id: groupId, isOfBooks: true };
    },
  },
};
