import { bodyBytesMax, bulkBytesMin } from "../../kernel/bounds.ts";
import { refusal } from "../../platform/refused.ts";
import { noteShort } from "../../platform/short-first.ts";
import type { Step } from "../pipeline.ts";

/** Refuses a body that says it is too large before reading it; one that does not say is measured where it is read. Below the size of a bulk one it is a short request. */
export const bodyLimit: Step = (c) => {
  const length = Number(c.req.header("content-length") ?? 0);
  if (length > bodyBytesMax) throw refusal("BODY_TOO_LARGE", `The body has ${length} bytes; the most is ${bodyBytesMax}.`);
  if (length < bulkBytesMin) noteShort();
  return undefined;
};
