import { describe, expect, test } from "vitest";
import { normalizePassword, passwordFault } from "../../src/features/users/domain/password-rules.ts";

const email = "ada.lovelace@example.com";

describe("a new password", () => {
  test.each([
    ["12 characters", "a".repeat(12), undefined],
    ["11 characters", "a".repeat(11), /12 to 200 characters.*has 11/],
    ["200 characters", "a".repeat(200), undefined],
    ["201 characters", "a".repeat(201), /12 to 200 characters.*has 201/],
    ["12 characters of two code units each", "🔑".repeat(12), undefined],
    ["11 characters that are 22 code units", "🔑".repeat(11), /has 11/],
    ["6 characters that NFKC makes 18", "ﬃ".repeat(6), undefined],
    ["24 code units that NFKC makes 12 characters", "é".repeat(12), undefined],
    ["nothing but spaces", " ".repeat(12), undefined],
    ["the email", email, /email/],
    ["the email in capitals", email.toUpperCase(), /email/],
    ["the email in wide letters", "ａｄａ.lovelace@example.com", /email/],
    ["the email with spaces around", ` ${email} `, /email/],
    ["the email and more", `${email}!`, undefined],
  ])("of %s", (_name, password, fault) => {
    if (fault === undefined) expect(passwordFault(password, email)).toBeUndefined();
    else expect(passwordFault(password, email)).toMatch(fault);
  });

  test("is the same however a keyboard composes it", () => {
    expect(normalizePassword("Ame\u0301lie \u212b")).toBe(normalizePassword("Am\u00e9lie \u00c5"));
  });
});
