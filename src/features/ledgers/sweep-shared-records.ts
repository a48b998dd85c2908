import { type EntityOfPool, entitiesWithoutRecord, pendingSharedRecords } from "../../db/shared-records.ts";
import { siteDatabaseNames } from "../../db/site-database.ts";
import { findSiteScope } from "../../db/site-rows.ts";
import { sharedRecordsMadePerSweep, sharedRecordsPerSweep } from "../../kernel/bounds.ts";
import { contextInSite, type SystemContext } from "../../operation/system-context.ts";
import { driveSharedRecord } from "./shared-record.ts";

const entitiesAtOnce = 100;

/**
 * Drives on what not every ledger of an entity holds yet, and makes the records of entities of earlier builds, some at a time.
 * One that fails keeps no other waiting.
 */
export async function sweepSharedRecords(context: SystemContext): Promise<void> {
  for (const database of siteDatabaseNames(context.env)) {
    let after: EntityOfPool | undefined;
    for (let seen = 0; seen < sharedRecordsPerSweep; seen += entitiesAtOnce) {
      const pending = await pendingSharedRecords(context.env, database, after, entitiesAtOnce);
      for (const entity of pending) await driveInSite(context, database, entity);
      after = pending.at(-1);
      if (pending.length < entitiesAtOnce) break;
    }
    for (const entity of await entitiesWithoutRecord(context.env, database, sharedRecordsMadePerSweep))
      await driveInSite(context, database, entity);
  }
}

async function driveInSite(context: SystemContext, database: string, { siteId, entityId }: EntityOfPool): Promise<void> {
  try {
    const site = await findSiteScope(context.directory, siteId);
    // A site that has moved leaves rows behind until its move is cleaned up.
    if (site?.database !== database) return;
    await driveSharedRecord(contextInSite(context, site), entityId);
  } catch (error) {
    context.log.error("shared_record_swept", error, { siteId, entityId });
  }
}
