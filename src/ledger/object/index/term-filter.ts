/** A term is tested within 512 bits that lie together, so that a test touches memory once. */
const groupWords = 16;
const groupBits = groupWords * 32;
const probes = 7;
/** Of a term's hash, see term-hash.ts. */
const hashSpan = 2 ** 52;

/**
 * Bits a term, by how many there are. A look-up asks every run, of which most are small: those err once in thousands,
 * and the few large ones, whose filters take the memory, once in a hundred.
 */
function bitsPerTerm(terms: number): number {
  return terms < 500_000 ? 20 : 10;
}

/** A Bloom filter over term hashes (B. H. Bloom, CACM 13(7), 1970): whether a run may have a term, without reading it. It errs towards reading. */
export class TermFilter {
  readonly words: Uint32Array;
  readonly #groups: number;

  constructor(words: Uint32Array) {
    this.words = words;
    this.#groups = words.length / groupWords;
  }

  static for(terms: number): TermFilter {
    return new TermFilter(new Uint32Array(Math.max(1, Math.ceil((terms * bitsPerTerm(terms)) / groupBits)) * groupWords));
  }

  add(hash: number): void {
    const { share, start, stride } = probeOf(hash);
    const group = Math.floor(share * this.#groups) * groupWords;
    let mixed = start;
    for (let i = 0; i < probes; i++) {
      const bit = mixed >>> 23;
      const word = group + (bit >>> 5);
      this.words[word] = (this.words[word] as number) | (1 << (bit & 31));
      mixed = (mixed + stride) | 0;
    }
  }

  mayHave({ share, start, stride }: TermProbe): boolean {
    const { words } = this;
    const group = Math.floor(share * this.#groups) * groupWords;
    let mixed = start;
    for (let i = 0; i < probes; i++) {
      const bit = mixed >>> 23;
      if (((words[group + (bit >>> 5)] as number) & (1 << (bit & 31))) === 0) return false;
      mixed = (mixed + stride) | 0;
    }
    return true;
  }
}

/** What a term is tested by: its group as a share of all, and the bits within it by double hashing. The same for every filter, and so computed once for all runs. */
export interface TermProbe {
  readonly share: number;
  readonly start: number;
  readonly stride: number;
}

export function probeOf(hash: number): TermProbe {
  const start = mix(hash);
  return { share: hash / hashSpan, start, stride: mix(start) | 1 };
}

/** The low 32 bits of a hash, mixed again: the group was taken from the high ones. */
function mix(hash: number): number {
  let mixed = hash | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
