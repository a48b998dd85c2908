import type { Stage, StagePart } from "../../support/contract/stage-part.ts";

const pendingDraft = ["createDraft", "submitDraft"];

function linesByAccountId({ accountId }: Stage) {
  const tags = ["travel"];
  return [
    { accountId, side: "debit", amount: 1, memo: "card 4417", tags, conditions: { minPosted: -1_000_000 } },
    { accountId, side: "credit", amount: 1 },
  ];
}

export const part: StagePart = {
  unreadIds: ["contactId"],
  makers: {
    "/transfers": ["postEntry"],
    approveEntry: pendingDraft,
    postDraft: ["createDraft"],
    rejectEntry: pendingDraft,
    submitDraft: ["createDraft"],
    updateDraft: ["createDraft"],
  },
  bodies: {
    batchApprove: async (stage, _example, hands) => [{ entries: [{ id: (await hands.make(stage, pendingDraft)).id, version: 2 }] }],
    postEntry: (stage, example) => [example, { date: "2026-06-08", lines: linesByAccountId(stage) }],
    validateEntries: (_stage, example) => [example, { mode: "each", entries: [example] }],
  },
  answeringEach: ["batchApprove"],
};
