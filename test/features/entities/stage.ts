import { ownNumber, type StagePart } from "../../support/contract/stage-part.ts";

export const part: StagePart = {
  things: {
    companyId: (stage) => stage.entityId,
    entityId: (stage) => stage.entityId,
    entityIds: (stage) => [stage.entityId],
    "x-organization-id": (stage) => stage.entityId,
  },
  bodies: {
    createEntity: (_stage, example) => [{ name: "Blue Bottle Ltd", functionalCurrency: "USD", externalId: `co-${ownNumber}` }, example],
  },
};
