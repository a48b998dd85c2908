import { type EntityOfPool, entitiesWithoutRecord, pendingSharedRecords } from "../../db/shared-records.ts";
import { sharedRecordsMadePerSweep, sharedRecordsPerSweep } from "../../kernel/bounds.ts";
import { sweepSites } from "../../operation/sweep.ts";
import type { SystemContext } from "../../operation/system-context.ts";
import { driveSharedRecord } from "./shared-record.ts";

const entitiesAtOnce = 100;

/** Drives on what not every ledger of an entity holds yet, and makes the records of entities of earlier builds, some at a time. */
export function sweepSharedRecords(context: SystemContext): Promise<void> {
  return sweepSites(
    context,
    "shared_record_swept",
    (database) => entitiesToDrive(context.env, database),
    (inSite, { entityId }) => driveSharedRecord(inSite, entityId),
  );
}

async function* entitiesToDrive(env: Cloudflare.Env, database: string): AsyncGenerator<EntityOfPool> {
  let after: EntityOfPool | undefined;
  for (let seen = 0; seen < sharedRecordsPerSweep; seen += entitiesAtOnce) {
    const pending = await pendingSharedRecords(env, database, after, entitiesAtOnce);
    yield* pending;
    after = pending.at(-1);
    if (pending.length < entitiesAtOnce) break;
  }
  yield* await entitiesWithoutRecord(env, database, sharedRecordsMadePerSweep);
}
