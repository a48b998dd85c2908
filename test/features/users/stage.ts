import { expect } from "vitest";
import type { StagePart } from "../../support/contract/stage-part.ts";
import { apiWith } from "../../support/site.ts";

export const part: StagePart = {
  bodies: {
    // A user signs in who was just made.
    createAuthToken: async (stage, _example, hands) => {
      const { call, answer } = await hands.send(stage, "createUser");
      expect(answer.status, answer.text).toBe(201);
      // The body of createUser's example.
      const { email, password } = call.body as { readonly email: string; readonly password: string };
      return [{ email, password }];
    },
  },
  callers: {
    logOut: async (stage, hands) => {
      const { answer: session } = await hands.send(stage, "createAuthToken");
      expect(session.status, session.text).toBe(200);
      return apiWith(session.body.accessToken);
    },
  },
  endingTheirCaller: ["logOut"],
};
