/** The fields that many resources share, each written once. */
import { z } from "@hono/zod-openapi";
import {
  codeLengthMax,
  descriptionLengthMax,
  externalIdLengthMax,
  metadataKeyLengthMax,
  metadataKeysMax,
  metadataValueLengthMax,
  nameLengthMax,
} from "../kernel/bounds.ts";
import { isCalendarDate } from "../kernel/calendar-date.ts";
import { isStorableInstant } from "../kernel/clock.ts";
import { scaleMax } from "../kernel/currency.ts";
import { sequenceMax } from "../kernel/id.ts";
import { amountMax } from "../kernel/money.ts";
import { isPlainLine, isPlainText } from "../kernel/plain-text.ts";
import { principalKinds } from "../kernel/role.ts";

/** What is wrong with a text of control characters. */
const noText = "Control characters and half characters are not text.";
/** A text that is too long is read no further, by a pattern for one: a body is one text of 8 MiB if its sender likes. */
export const readNoFurther = { abort: true };

export function line(lengthMax: number) {
  return z.string().trim().min(1).max(lengthMax, readNoFurther).refine(isPlainLine, noText);
}

export const idField = z.uuid().toLowerCase().openapi({ example: "01980c1e-7e0c-7abc-9def-0123456789ab" });
export const nameField = line(nameLengthMax);
export const codeField = line(codeLengthMax);
export const externalIdField = line(externalIdLengthMax).openapi({ description: "Your own id for it." });
export const descriptionField = textField(descriptionLengthMax);
/** A list whose length is checked before its items are: a body of 8 MiB can hold millions, each with its own fault to describe. */
export function list<S extends z.ZodType>(item: S, min: number, max: number) {
  return z.preprocess((value, ctx) => {
    if (!Array.isArray(value) || value.length <= max) return value;
    ctx.issues.push({ code: "custom", message: `At most ${max} items; there are ${value.length}.`, input: value.length });
    return z.NEVER;
  }, z.array(item).min(min).max(max));
}
export const metadataField = z
  .preprocess(
    (value, ctx) => {
      // Of a list the keys would be counted one by one.
      if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
      // z.record leaves a key of this name out, and what was sent would be gone.
      const isTaken = Object.hasOwn(value, "__proto__");
      if (!isTaken && Object.keys(value).length <= metadataKeysMax) return value;
      const message = isTaken ? "__proto__ is no name for a key." : `At most ${metadataKeysMax} keys.`;
      ctx.issues.push({ code: "custom", message, input: metadataKeysMax });
      return z.NEVER;
    },
    z.record(
      z.string().min(1).max(metadataKeyLengthMax, readNoFurther).refine(isPlainLine),
      z.string().max(metadataValueLengthMax, readNoFurther).refine(isPlainText),
    ),
  )
  .openapi({ description: `Up to ${metadataKeysMax} strings of your own.`, example: { region: "emea" } });
export const dateField = z
  .string()
  .refine(isCalendarDate, "A date that exists, as YYYY-MM-DD.")
  .openapi({ format: "date", example: "2026-06-08" });
/** Free text that may be empty and may run over lines. */
export function textField(lengthMax: number) {
  return z.string().max(lengthMax, readNoFurther).refine(isPlainText, noText);
}
/** An instant that a request names. */
export const instantInput = z.iso
  .datetime({ offset: true })
  .refine(isStorableInstant, "An instant from 1900-01-01T00:00:00Z to 9999-12-31T23:59:59.999Z.");
export const instantField = z.string().openapi({ format: "date-time", example: "2026-06-08T09:30:00.000Z" });
export const principalField = z
  .object({ kind: z.enum(principalKinds), id: z.string() })
  .openapi("Principal", { description: "Who acts: a person, a service or an agent, whichever key they use." });
const humansField = z.array(idField).openapi({
  description: "The users behind it: a person themselves, and of a key who made it, rotated it or was shown its secret.",
});
/** Who prepared what waits, and who approved it. */
export const preparerField = principalField
  .extend({
    humans: humansField,
    independent: z.boolean().openapi({ description: "An OWNER has said of the key in use that it acts by itself." }),
  })
  .openapi("Preparer");
export const approverField = principalField
  .extend({
    humans: humansField,
    credentialSetBy: z.string().nullable().openapi({
      description: "Who had set the password of the person who approved, as far as it was not their own: see `POST /users/{id}/confirm`.",
    }),
  })
  .openapi("Approver");
export const currencyField = z
  .string()
  .min(3)
  .max(12)
  .openapi({ description: "A code of ISO 4217, or of an asset declared with its scale.", example: "USD" });
export const scaleField = z.int().min(0).max(scaleMax).openapi({
  format: "int32",
  description: "Decimal places of an asset that ISO 4217 does not list. Leave it out for currencies.",
  example: 2,
});

/** How a request names a ledger: by id, or by its entity and a currency, by default the functional one. */
export const ledgerChoice = {
  entityId: idField.optional(),
  ledgerId: idField.optional(),
  currency: currencyField
    .optional()
    .openapi({ description: "Picks the entity's ledger in this currency; by default its functional one.", example: "USD" }),
};
/** A whole number that stays below 2^31: how many, how long, which of them. */
export const countField = z.int().openapi({ format: "int32" });
/** A count that may grow past 2^31. */
export const totalField = z.int().openapi({ format: "int64" });
/** Minor units on either side of zero. A sum of many amounts passes 2^53. */
export const minorField = z.int().openapi({ format: "int64" });
/** A place in a ledger's log. */
export const sequenceField = z.int().openapi({ format: "int64" });
/** How often a thing has changed. */
export const versionField = z.int().openapi({ format: "int64" });
/** A bound on a balance, which is negative where it lies on the other side. */
export const balanceBoundField = z.int().min(-amountMax).max(amountMax).openapi({ format: "int64" });
export const amountField = z
  .int()
  .min(1)
  .max(amountMax)
  .openapi({ format: "int64", description: "Minor units of the ledger's currency, 1 to 2^53 − 1.", example: 4299 });
/** A sequence in a parameter. */
export const knownAtParameter = z
  .string()
  .regex(/^\d{1,13}$/, "A sequence: a whole number.")
  .transform(Number)
  .pipe(z.int().min(0).max(sequenceMax))
  .openapi({ type: "integer", format: "int64", description: "The books as known at this sequence.", example: 1817 });
