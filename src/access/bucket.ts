/** A token bucket: `plan` requests a minute, up to twice that at once. Pure: the time is given. */
export interface Bucket {
  readonly level: number;
  readonly atMs: number;
}

export function bucketCapacity(plan: number): number {
  return plan * 2;
}

export function fullBucket(plan: number, nowMs: number): Bucket {
  return { level: bucketCapacity(plan), atMs: nowMs };
}

/** The bucket as time has refilled it. A clock that steps back adds nothing, and time counts from there: one that was far ahead would keep the bucket empty. */
export function refill(bucket: Bucket, plan: number, nowMs: number): Bucket {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  return { level: Math.min(bucketCapacity(plan), bucket.level + (plan * elapsedMs) / 60_000), atMs: nowMs };
}

/** How many requests one lease has: a tenth of what is there, and a single one when that is little. */
export function leaseSlice(bucket: Bucket): number {
  return Math.min(Math.floor(bucket.level), Math.max(1, Math.floor(bucket.level / 10)));
}

/** Milliseconds until one request fits; 0 when it does. */
export function waitForOne(bucket: Bucket, plan: number): number {
  return bucket.level >= 1 ? 0 : Math.ceil(((1 - bucket.level) * 60_000) / plan);
}

/** Milliseconds until the bucket has the plan's requests again. */
export function waitForFull(level: number, plan: number): number {
  return Math.max(0, Math.ceil(((bucketCapacity(plan) - level) * 60_000) / plan));
}
