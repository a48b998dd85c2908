import type { StagePart } from "../../support/contract/stage-part.ts";

export const part: StagePart = {
  bodies: { resetSite: () => [{ sampleData: false }] },
  ofSandboxes: ["resetSite"],
};
