import { answerOnce, noStore } from "../../http/answers.ts";
import { publicRoute, type Route } from "../../http/route.ts";
import { SignedUp, SignUpRequest } from "./schemas.ts";
import { signUp } from "./sign-up.ts";

const id = "01980c1e-7e0c-7abc-9def-0123456789ab";
const key = "01980c1e7e0d7abc9def0123456789ab_EXAMPLEexampleEXAMPLEexampleEXAMPLEexample0";

export const firmRoutes: readonly Route[] = [
  publicRoute(
    {
      operationId: "signUp",
      method: "post",
      path: "/signup",
      tag: "Sites",
      summary: "Sign a firm up: a live and a sandbox site, and a key for each",
      description: "The keys are shown this once. With an Idempotency-Key, a repetition of the request within 24 hours shows them again.",
      permission: "public",
      body: SignUpRequest,
      bodyExample: { firmName: "Acme Payments", ownerEmail: "owner@example.com", ownerPassword: "correct horse battery staple" },
      idempotency: "accepted",
      answers: {
        201: {
          schema: SignedUp,
          description: "The firm, its sites and their keys.",
          example: {
            firm: { id, name: "Acme Payments" },
            owner: { id, email: "owner@example.com" },
            live: { siteId: id, tokenId: id, key: `ch_live_${key}` },
            sandbox: { siteId: id, tokenId: id, key: `ch_test_${key}` },
          },
        },
      },
      refusals: ["SIGNUP_CLOSED"],
    },
    (context, { body }) => signUp(context, body),
    (once) => answerOnce(once, { status: 201, headers: noStore }),
  ),
];
