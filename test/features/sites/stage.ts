import type { StagePart } from "../../support/contract/stage-part.ts";

export const part: StagePart = {
  things: { siteId: (stage) => stage.siteId },
};
