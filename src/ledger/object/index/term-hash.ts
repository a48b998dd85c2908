/** A ledger's own key for hashing terms, 64 random bits: nobody outside can make texts whose hashes meet, of which each would have to be read to distinguish them. */
export type TermKey = readonly [low: number, high: number];

/** 52 of the 64 bits of HalfSipHash-2-4 (J.-P. Aumasson and D. J. Bernstein) over the text in UTF-16. Two texts may share them: what is found is compared. */
export function termHash(key: TermKey, text: string): number {
  const [low, high] = halfSipHash(key, text);
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}

/** HalfSipHash-2-4 with 64 bits of output over the text's UTF-16 units, the lower byte first. In one loop, so that its state stays in registers. */
export function halfSipHash([k0, k1]: TermKey, text: string): readonly [low: number, high: number] {
  const { length } = text;
  const pairs = length - (length & 1);
  const end = ((length * 2) << 24) | (length === pairs ? 0 : text.charCodeAt(pairs));
  // Two rounds for each word and for the end, four before each half of the output.
  const compressed = pairs + 2;
  let v0 = k0 | 0;
  let v1 = k1 ^ 0xee;
  let v2 = 0x6c796765 ^ k0;
  let v3 = 0x74656462 ^ k1;
  let word = 0;
  let low = 0;
  for (let round = 0; round < compressed + 8; round++) {
    if (round < compressed) {
      if ((round & 1) === 0) {
        word = round < pairs ? text.charCodeAt(round) | (text.charCodeAt(round + 1) << 16) : end;
        v3 ^= word;
      }
    } else if (round === compressed) v2 ^= 0xee;
    else if (round === compressed + 4) {
      low = v1 ^ v3;
      v1 ^= 0xdd;
    }
    v0 = (v0 + v1) | 0;
    v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
    v0 = (v0 << 16) | (v0 >>> 16);
    v2 = (v2 + v3) | 0;
    v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
    v0 = (v0 + v3) | 0;
    v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
    v2 = (v2 + v1) | 0;
    v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
    v2 = (v2 << 16) | (v2 >>> 16);
    if (round < compressed && (round & 1) === 1) v0 ^= word;
  }
  return [low, v1 ^ v3];
}
