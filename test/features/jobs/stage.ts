import type { StagePart } from "../../support/contract/stage-part.ts";

export const part: StagePart = {
  makers: { "/jobs": ["verifyLedger"] },
};
