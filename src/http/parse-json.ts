import { Refused, refusal } from "../platform/refused.ts";

/** Where a number has a fraction or an exponent; in a text between quotes it is a false alarm, which only costs time. */
const fractionOrExponent = /\d[.eE]/;

/**
 * Parses JSON (RFC 8259). Depth needs no bound of its own: the parser is iterative, and strict schemas refuse what they do not know before anything recurses.
 * A number whose fraction the parser would lose (1.00000000000000001) stays a fraction, so that no amount is rounded behind its sender's back.
 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(fractionOrExponent.test(text) ? keepFractions(text) : text);
  } catch (error) {
    if (error instanceof Refused) throw error;
    throw refusal(
      "BODY_NOT_JSON",
      `The body is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : "it cannot be parsed"}.`,
    );
  }
}

const quote = 0x22;
const plus = 0x2b;
const minus = 0x2d;
const point = 0x2e;
const digitZero = 0x30;
const digitNine = 0x39;
const backslash = 0x5c;
const letterE = 0x65;
/** Bit that makes an ASCII letter a small one. */
const small = 0x20;

/** Decimals of so many digits are told apart by a double, so none but a whole number becomes one. */
const exactDigitsMax = 15;
/** Exponents beyond are all the same: zero or no number. */
const exponentMax = 1_000_000_000;
/** No amount is written in so many characters. */
const numberLengthMax = 400;
/** Lost fractions that are told one by one: schemas refuse the first. */
const fractionsMax = 100;
/** Takes the place of a fraction that would be lost. Schemas of whole numbers refuse it as they would refuse the fraction. */
const someFraction = "0.5";

/**
 * The same text with no fraction that the parser would lose. One pass over the text, because a reviver, which is called for every value, costs a body
 * of zeros many times its parsing.
 */
function keepFractions(text: string): string {
  const parts: string[] = [];
  let taken = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = endOfText(text, at);
    } else if ((code === point || (code | small) === letterE) && isDigit(text, at - 1)) {
      const from = firstDigit(text, at - 1);
      const end = endOfNumber(text, at);
      if (end - from > numberLengthMax)
        throw refusal("VALIDATION_ERROR", `A number of the body has more than ${numberLengthMax} characters.`);
      if (losesFraction(text, from, at, end)) {
        if (parts.length >= 2 * fractionsMax)
          throw refusal("VALIDATION_ERROR", `The body has more than ${fractionsMax} numbers whose fractions are too long to be kept.`);
        parts.push(text.slice(taken, from), someFraction);
        taken = end;
      }
      at = end;
    } else {
      at += 1;
    }
  }
  return taken === 0 ? text : parts.join("") + text.slice(taken);
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= digitZero && code <= digitNine;
}

/** Behind the quote that ends a text. */
function endOfText(text: string, from: number): number {
  let at = from + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at + 1;
    if (code === backslash) at += 1;
  }
  return at;
}

function firstDigit(text: string, lastDigit: number): number {
  let at = lastDigit;
  while (isDigit(text, at - 1)) at -= 1;
  return at;
}

/** Behind the last character of a number, as far as one is looked into. */
function endOfNumber(text: string, from: number): number {
  const last = Math.min(from + numberLengthMax + 1, text.length);
  for (let at = from; at < last; at++) {
    const code = text.charCodeAt(at);
    const goesOn = (code >= digitZero && code <= digitNine) || code === point || code === plus || code === minus;
    if (!goesOn && (code | small) !== letterE) return at;
  }
  return last;
}

/** Whether the number from `from` to `end`, whose first digits end at `wholeEnd`, is no whole one but would be parsed as one. What is no number of JSON's is left to the parser. */
function losesFraction(text: string, from: number, wholeEnd: number, end: number): boolean {
  const hasPoint = text.charCodeAt(wholeEnd) === point;
  let digitsEnd = wholeEnd;
  if (hasPoint) {
    digitsEnd += 1;
    while (digitsEnd < end && isDigit(text, digitsEnd)) digitsEnd += 1;
  }
  if (digitsEnd === end && end - from - 1 <= exactDigitsMax) return false;
  if ((text.charCodeAt(from) === digitZero && wholeEnd - from > 1) || (hasPoint && digitsEnd === wholeEnd + 1)) return false;
  const exponent = digitsEnd === end ? 0 : exponentAt(text, digitsEnd, end);
  if (exponent === undefined || isWhole(text, from, wholeEnd, digitsEnd, exponent)) return false;
  return Number.isInteger(Number(text.slice(from, end)));
}

/** The exponent that the text from its letter to `end` says; undefined where it is none. */
function exponentAt(text: string, letter: number, end: number): number | undefined {
  let at = letter + 1;
  const sign = text.charCodeAt(at);
  if (sign === plus || sign === minus) at += 1;
  if (at === end) return undefined;
  let value = 0;
  for (; at < end; at++) {
    if (!isDigit(text, at)) return undefined;
    value = Math.min(exponentMax, value * 10 + text.charCodeAt(at) - digitZero);
  }
  return sign === minus ? -value : value;
}

/** Whether nothing but zeros stands behind the point, once the exponent has moved it. */
function isWhole(text: string, from: number, wholeEnd: number, digitsEnd: number, exponent: number): boolean {
  // The places behind the moved point, among the digits without their own point.
  const wholeDigits = wholeEnd - from + exponent;
  let place = 0;
  for (let at = from; at < digitsEnd; at++) {
    if (at === wholeEnd) continue;
    if (place >= wholeDigits && text.charCodeAt(at) !== digitZero) return false;
    place += 1;
  }
  return true;
}
