import { type EntityOfPool, entitiesWithoutRecord, pendingSharedRecords } from "../../db/shared-records.ts";
import { sharedRecordsMadePerSweep, sharedRecordsPerSweep } from "../../kernel/bounds.ts";
import { sweepSites } from "../../operation/sweep.ts";
import type { SystemContext } from "../../operation/system-context.ts";
import { driveSharedRecord } from "./shared-record.ts";

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
  yield* await pendingSharedRecords(env, database, sharedRecordsPerSweep);
  yield* await entitiesWithoutRecord(env, database, sharedRecordsMadePerSweep);
}
