import { ownNumber, type StagePart } from "../../support/contract/stage-part.ts";

export const part: StagePart = {
  things: {
    accountId: (stage) => stage.accountId,
    accountIds: (stage) => [stage.accountId],
    parentId: (stage) => stage.accountId,
  },
  bodies: {
    importAccounts: () => [
      { csv: `code,name,type,parentCode\nA${ownNumber},Cash,bank,\nB${ownNumber},Petty Cash,bank,A${ownNumber}\n` },
      { accounts: [{ code: `C${ownNumber}`, name: "Cash", type: "bank" }] },
    ],
  },
};
