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
      description:
        "The keys are shown this once. Under an Idempotency-Key of at least 22 characters, such as a random UUID, a repetition of the request within 24 hours shows them again. Under a shorter one, which somebody else could send too, it answers the same firm without the keys and with `secretsShown: false`. Sign-ups are limited by address.",
      permission: "public",
      body: SignUpRequest,
      bodyExample: { firmName: "Acme Payments", ownerEmail: "owner@example.com", ownerPassword: "correct horse battery staple" },
      idempotency: "accepted",
      answers: {
        200: {
          schema: SignedUp,
          description:
            "The answer of the first request with this Idempotency-Key: byte for byte, or without the keys where that has less than 22 characters, as here.",
          example: {
            firm: { id, name: "Acme Payments" },
            owner: { id, email: "owner@example.com" },
            live: { siteId: id, tokenId: id },
            sandbox: { siteId: id, tokenId: id },
            secretsShown: false,
          },
        },
        201: {
          schema: SignedUp,
          description: "The firm, its sites and their keys.",
          example: {
            firm: { id, name: "Acme Payments" },
            owner: { id, email: "owner@example.com" },
            live: { siteId: id, tokenId: id, key: `ch_live_${key}` },
            sandbox: { siteId: id, tokenId: id, key: `ch_test_${key}` },
            secretsShown: true,
          },
        },
      },
      refusals: ["SIGNUP_CLOSED"],
    },
    (context, { body }) => signUp(context, body),
    (once) => answerOnce(once, { status: 201, headers: noStore }),
  ),
];
