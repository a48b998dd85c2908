import { passwordLengthMax, passwordLengthMin } from "../../../kernel/bounds.ts";

/** A password in the one form in which it is hashed: what looks alike on two keyboards is alike (NFKC, NIST SP 800-63B §5.1.1.2). */
export function normalizePassword(password: string): string {
  return password.normalize("NFKC");
}

/**
 * What is wrong with a new password of the user with this email; undefined where nothing is.
 * Its length in characters is all that is asked of it, beside that it is not the email (NIST SP 800-63B §5.1.1.2: no rules of composition).
 */
export function passwordFault(password: string, email: string): string | undefined {
  const normal = normalizePassword(password);
  const length = [...normal].length;
  if (length < passwordLengthMin || length > passwordLengthMax)
    return `A password has ${passwordLengthMin} to ${passwordLengthMax} characters; this one has ${length}.`;
  if (normal.trim().toLowerCase() === normalizePassword(email).toLowerCase()) return "The email is not a password.";
  return undefined;
}
