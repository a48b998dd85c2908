import { type ScryptOptions, scrypt } from "node:crypto";
import { availableParallelism } from "node:os";
import { z } from "zod";

/** What the Worker sends: see src/features/users/password-hash.ts. The bounds are far above any cost in use, and below what would take the machine. */
const Wish = z.object({
  password: z.string(),
  salt: z.base64url(),
  log2N: z.int().min(1).max(20),
  r: z.int().min(1).max(32),
  p: z.int().min(1).max(16),
  keyBytes: z.int().min(16).max(64),
});

/** Hashes at once: one core stays with those who have signed in, and one of libuv's four threads with files. */
const hashesAtOnce = Math.max(1, Math.min(3, availableParallelism() - 1));
/** Waiting ones: at a sixth of a second each, whoever came later would wait for longer than a person does. */
const waitingMax = 64;

/**
 * Hashes passwords for the Worker on libuv's threads: in the local runtime one thread answers everybody, and scrypt would keep it.
 * Resolves to the derived key, or to undefined where too many wait.
 */
export function passwordHasher(): (wish: string) => Promise<Buffer<ArrayBuffer> | undefined> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (text) => {
    const { password, salt, log2N, r, p, keyBytes } = Wish.parse(JSON.parse(text));
    if (running < hashesAtOnce) running += 1;
    else if (waiting.length >= waitingMax) return undefined;
    else await new Promise<void>((turn) => waiting.push(turn));
    try {
      const N = 2 ** log2N;
      return await derive(password, Buffer.from(salt, "base64url"), keyBytes, { N, r, p, maxmem: 2 * 128 * N * r });
    } finally {
      // The one that waited longest takes the place over.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

function derive(password: string, salt: Buffer, keyBytes: number, options: ScryptOptions): Promise<Buffer<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, keyBytes, options, (error, key) => (error ? reject(error) : resolve(Buffer.from(key))));
  });
}
