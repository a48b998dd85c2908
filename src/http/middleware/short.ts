import { bulkBytesMin } from "../../kernel/bounds.ts";
import { noteShort } from "../../platform/short-first.ts";
import type { Step } from "../way.ts";

/** Notes every request but those that say that their body is large. */
export const short: Step = (c) => {
  if (Number(c.req.header("content-length") ?? 0) < bulkBytesMin) noteShort();
  return undefined;
};
