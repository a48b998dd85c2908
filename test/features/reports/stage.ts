import type { StagePart } from "../../support/contract/stage-part.ts";

export const part: StagePart = {
  queryBeside: { getBalanceSheet: { startDate: [["columns", "month"]] } },
};
