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
    // Who has yet to change their password is not confirmed.
    createUser: (_stage, example) => [{ ...(example as object), mustChangePassword: false }, example],
  },
  callers: {
    // Another than the key that made the user, in a session.
    confirmUser: async (stage) => {
      const owner = { email: `${crypto.randomUUID()}@example.com`, password: "correct horse battery staple" };
      const made = await stage.api.post("/users", { ...owner, role: "OWNER", mustChangePassword: false });
      expect(made.status, made.text).toBe(201);
      const session = await stage.api.post("/auth/token", owner);
      expect(session.status, session.text).toBe(200);
      return apiWith(session.body.accessToken);
    },
    logOut: async (stage, hands) => {
      const { answer: session } = await hands.send(stage, "createAuthToken");
      expect(session.status, session.text).toBe(200);
      return apiWith(session.body.accessToken);
    },
  },
  endingTheirCaller: ["logOut"],
};
