import { type Refused, refusal } from "../../platform/refused.ts";

/** A parameter that does not go with the others. */
export function invalidParameter(pointer: string, message: string): Refused {
  return refusal("VALIDATION_ERROR", message, [{ pointer, code: "invalid_value", message }]);
}
