import { bodyBytesMax } from "../../kernel/bounds.ts";
import { refusal } from "../../platform/refused.ts";
import type { Step } from "../way.ts";

/** Refuses a body that says it is too large before reading it; one that does not say is measured where it is read. */
export const bodyLimit: Step = (c) => {
  const length = Number(c.req.header("content-length") ?? 0);
  if (length > bodyBytesMax) throw refusal("BODY_TOO_LARGE", `The body has ${length} bytes; the most is ${bodyBytesMax}.`);
  return undefined;
};
