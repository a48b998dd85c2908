import type { StagePart } from "../../support/contract/stage-part.ts";
import { personAt } from "../../support/people.ts";

export const part: StagePart = {
  callers: {
    changeToken: async ({ site }) => (await personAt(site, "OWNER")).api,
  },
};
