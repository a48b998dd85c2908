import { and, asc, eq, exists, gte, inArray, notExists, notInArray, type SQL, sql } from "drizzle-orm";
import { updateInPieces } from "../../db/purge.ts";
import { runBatch } from "../../db/run-batch.ts";
import { drizzleOver, openDatabase, type SiteDatabase, siteDatabaseNames } from "../../db/site-database.ts";
import { isNotMoving } from "../../db/site-fence.ts";
import { inNoOrder } from "../../db/sweep-order.ts";
import { holdsPerGroupMax, idempotencyLifeMs } from "../../kernel/bounds.ts";
import type { Actor } from "../../kernel/role.ts";
import type { GroupOutcome } from "../../ledger/rpc.ts";
import { type NotedResolution, placementsOver } from "./domain/hold-group.ts";
import { holdGroupAdoptions, holdGroupLegs, holdGroups } from "./tables.ts";

export type GroupRow = typeof holdGroups.$inferSelect;
export type LegRow = typeof holdGroupLegs.$inferSelect;

export interface Group extends GroupRow {
  /** In the order in which they came to be known. */
  readonly legs: readonly LegRow[];
}

/** Groups that one run of the sweep takes of a database. */
const sweptMax = 500;

function isGroup({ siteId }: SiteDatabase, groupId: string) {
  return and(eq(holdGroups.siteId, siteId), eq(holdGroups.groupId, groupId));
}

function isLegOf({ siteId }: SiteDatabase, groupId: string) {
  return and(eq(holdGroupLegs.siteId, siteId), eq(holdGroupLegs.groupId, groupId));
}

/** A group with its legs, as of one moment. */
export async function findGroup(db: SiteDatabase, groupId: string): Promise<Group | undefined> {
  const [groups, legs] = await db.orm.batch([
    db.orm.select().from(holdGroups).where(isGroup(db, groupId)),
    db.orm.select().from(holdGroupLegs).where(isLegOf(db, groupId)).orderBy(asc(holdGroupLegs.createdAt), asc(holdGroupLegs.id)),
  ]);
  const [group] = groups;
  return group && { ...group, legs };
}

/** Those of the groups that the site knows. */
export function findGroupRows(db: SiteDatabase, groupIds: readonly string[]): Promise<GroupRow[]> {
  const among = sql`${holdGroups.groupId} IN (SELECT value FROM json_each(${JSON.stringify(groupIds)}))`;
  return db.orm
    .select()
    .from(holdGroups)
    .where(and(eq(holdGroups.siteId, db.siteId), among));
}

/** The statement that has a group be there, undecided where it is new. */
function haveGroup(db: SiteDatabase, groupId: string, nowMs: number) {
  const row = { siteId: db.siteId, groupId, carriedOut: false, revision: 1, createdAt: nowMs };
  return db.orm.insert(holdGroups).values(row).onConflictDoNothing();
}

/** The statement that notes a change of an undecided group's legs: no decision is made on what it was. */
function touch(db: SiteDatabase, groupId: string, set: { readonly drivenAt?: number | null | SQL } = {}) {
  return db.orm
    .update(holdGroups)
    .set({ revision: sql`${holdGroups.revision} + 1`, ...set })
    .where(isGroup(db, groupId));
}

function undecided(db: SiteDatabase, groupId: string) {
  return exists(
    db.orm
      .select({ one: sql`1` })
      .from(holdGroups)
      .where(and(isGroup(db, groupId), sql`${holdGroups.decision} IS NULL`)),
  );
}

/** Notes a placement before its ledger is asked, where the group is undecided and has room: it is among the legs then, as one that may become a hold. */
export async function notePlacement(
  db: SiteDatabase,
  leg: Pick<LegRow, "groupId" | "id" | "ledgerNumber" | "placedBy" | "createdAt">,
): Promise<void> {
  const { groupId, id, ledgerNumber, placedBy, createdAt } = leg;
  const count = sql`(SELECT count(*) FROM ${holdGroupLegs} WHERE ${isLegOf(db, groupId)} AND ${notInArray(holdGroupLegs.state, [...placementsOver])})`;
  await runBatch(db, [
    haveGroup(db, groupId, createdAt),
    // A refusal that its key does not repeat: it may be placed now.
    db.orm
      .update(holdGroupLegs)
      .set({ state: "placing", createdAt })
      .where(and(isLegOf(db, groupId), eq(holdGroupLegs.id, id), eq(holdGroupLegs.state, "refused"), undecided(db, groupId))),
    db.orm.run(
      sql`INSERT INTO ${holdGroupLegs} (site_id, group_id, id, ledger_number, state, placed_by, created_at)
        SELECT ${db.siteId}, ${groupId}, ${id}, ${ledgerNumber}, 'placing', ${placedBy}, ${createdAt}
        WHERE ${undecided(db, groupId)} AND ${count} < ${holdsPerGroupMax} ON CONFLICT DO NOTHING`,
    ),
    touch(db, groupId),
  ]);
}

/** What is known of a hold of a group. */
export interface KnownHold {
  readonly holdId: string;
  readonly ledgerNumber: number;
  readonly placedBy: string;
  readonly state: "open" | "settled" | "released";
}

function haveHold(db: SiteDatabase, groupId: string, { holdId, ledgerNumber, placedBy, state }: KnownHold, nowMs: number) {
  const row = { siteId: db.siteId, groupId, id: holdId, ledgerNumber, state, placedBy, createdAt: nowMs };
  return db.orm.insert(holdGroupLegs).values(row).onConflictDoNothing();
}

/** Notes what a ledger answered to a placement: its hold, or none. */
export async function noteAnswer(
  db: SiteDatabase,
  groupId: string,
  placementId: string,
  hold: KnownHold | undefined,
  nowMs: number,
): Promise<void> {
  await runBatch(db, [
    ...(hold === undefined ? [] : [haveHold(db, groupId, hold, nowMs)]),
    db.orm
      .update(holdGroupLegs)
      .set({ state: hold === undefined ? "refused" : "answered" })
      .where(and(isLegOf(db, groupId), eq(holdGroupLegs.id, placementId), eq(holdGroupLegs.state, "placing"))),
    touch(db, groupId),
  ]);
}

/** Has the group know of holds that its ledgers have. What it knows of them stays. */
export async function noteHolds(db: SiteDatabase, groupId: string, holds: readonly KnownHold[], nowMs: number): Promise<void> {
  if (holds.length === 0) return;
  await runBatch(db, [haveGroup(db, groupId, nowMs), ...holds.map((hold) => haveHold(db, groupId, hold, nowMs)), touch(db, groupId)]);
}

/** Notes that a ledger has gone with its entity: its holds had been released before, and it answers no placement any more. */
export async function noteGone(db: SiteDatabase, groupId: string, ledgerNumber: number): Promise<void> {
  const isOfLedger = and(isLegOf(db, groupId), eq(holdGroupLegs.ledgerNumber, ledgerNumber), undecided(db, groupId));
  await runBatch(db, [
    db.orm
      .update(holdGroupLegs)
      .set({ state: "refused" })
      .where(and(isOfLedger, eq(holdGroupLegs.state, "placing"))),
    db.orm
      .update(holdGroupLegs)
      .set({ state: "released", resolution: null })
      .where(and(isOfLedger, inArray(holdGroupLegs.state, ["open", "resolving"]))),
    touch(db, groupId),
  ]);
}

/** Notes what the placer of a hold asks for by itself, if the hold is open and its group undecided. */
export async function noteResolution(
  db: SiteDatabase,
  groupId: string,
  holdId: string,
  resolution: NotedResolution,
  nowMs: number,
): Promise<void> {
  await runBatch(db, [
    db.orm
      .update(holdGroupLegs)
      .set({ state: "resolving", resolution })
      .where(and(isLegOf(db, groupId), eq(holdGroupLegs.id, holdId), eq(holdGroupLegs.state, "open"), undecided(db, groupId))),
    touch(db, groupId, { drivenAt: nowMs }),
  ]);
}

/** Notes what became of it. */
export async function noteResolved(
  db: SiteDatabase,
  { groupId, id, resolution }: LegRow,
  state: "open" | "settled" | "released",
): Promise<void> {
  const isSame = sql`${holdGroupLegs.resolution} ->> '$.key' = ${resolution?.key ?? ""}`;
  const left = sql`CASE WHEN ${holdGroups.decision} IS NULL AND NOT EXISTS (SELECT 1 FROM ${holdGroupLegs} WHERE ${isLegOf(db, groupId)} AND ${eq(holdGroupLegs.state, "resolving")}) THEN NULL ELSE ${holdGroups.drivenAt} END`;
  await runBatch(db, [
    db.orm
      .update(holdGroupLegs)
      .set({ state, resolution: null })
      .where(and(isLegOf(db, groupId), eq(holdGroupLegs.id, id), eq(holdGroupLegs.state, "resolving"), isSame)),
    touch(db, groupId, { drivenAt: left }),
  ]);
}

export interface GroupDecision {
  readonly decision: GroupOutcome;
  readonly actor: Actor;
  readonly requestId: string;
  readonly reason: string | null;
}

/** Decides a group on the legs of a revision, if nothing of it has changed since. */
export async function decideGroup(
  db: SiteDatabase,
  { groupId, revision }: Pick<Group, "groupId" | "revision">,
  { decision, actor, requestId, reason }: GroupDecision,
  nowMs: number,
): Promise<void> {
  const onTheirWay = and(
    isLegOf(db, groupId),
    inArray(holdGroupLegs.state, decision === "settle" ? ["resolving", "placing"] : ["resolving"]),
  );
  await db.orm
    .update(holdGroups)
    .set({ decision, decidedBy: actor, requestId, reason, decidedAt: nowMs, drivenAt: nowMs, revision: revision + 1 })
    .where(
      and(
        isGroup(db, groupId),
        eq(holdGroups.revision, revision),
        sql`${holdGroups.decision} IS NULL`,
        notExists(db.orm.select({ one: sql`1` }).from(holdGroupLegs).where(onTheirWay)),
      ),
    );
}

/** Notes that ledgers have carried the group's decision out; `isAll` where none is left. */
export async function noteCarriedOut(
  db: SiteDatabase,
  { groupId, decision }: Pick<Group, "groupId" | "decision">,
  ledgerNumbers: readonly number[],
  isAll: boolean,
  nowMs: number,
): Promise<void> {
  const among = sql`${holdGroupLegs.ledgerNumber} IN (SELECT value FROM json_each(${JSON.stringify(ledgerNumbers)}))`;
  await runBatch(db, [
    db.orm
      .update(holdGroupLegs)
      .set({
        state: sql`CASE ${holdGroupLegs.state} WHEN 'open' THEN ${decision === "settle" ? "settled" : "released"} WHEN 'placing' THEN 'answered' ELSE ${holdGroupLegs.state} END`,
      })
      .where(and(isLegOf(db, groupId), among)),
    touch(db, groupId, { drivenAt: isAll ? null : nowMs }),
    ...(isAll ? [db.orm.update(holdGroups).set({ carriedOut: true }).where(isGroup(db, groupId))] : []),
  ]);
}

/** Some of a database's groups of which something is on its way. */
export async function waitingGroups(env: Cloudflare.Env, database: string) {
  return (
    drizzleOver(openDatabase(env, database))
      .select({ siteId: holdGroups.siteId, groupId: holdGroups.groupId })
      .from(holdGroups)
      // Not null, in the words in which the index answers it.
      .where(and(gte(holdGroups.drivenAt, 0), isNotMoving(holdGroups.siteId)))
      .orderBy(inNoOrder)
      .limit(sweptMax)
  );
}

/** Gives up placements whose client can repeat them no more: what their ledgers have of them is found there. */
export async function forgetPlacements(env: Cloudflare.Env, nowMs: number): Promise<void> {
  // As the index has it.
  const isOver = sql`state = 'placing' AND ${holdGroupLegs.createdAt} <= ${nowMs - idempotencyLifeMs} AND ${isNotMoving(holdGroupLegs.siteId)}`;
  for (const database of siteDatabaseNames(env))
    await updateInPieces(drizzleOver(openDatabase(env, database)), holdGroupLegs, sql`state = 'refused'`, isOver);
}

const adoption = "open_holds";

/** How far the site's ledgers have been asked for groups of an earlier build. */
export async function findAdoption(db: SiteDatabase): Promise<{ readonly afterLedger: number; readonly done: boolean }> {
  const row = await db.orm
    .select()
    .from(holdGroupAdoptions)
    .where(and(eq(holdGroupAdoptions.siteId, db.siteId), eq(holdGroupAdoptions.name, adoption)))
    .get();
  return row ?? { afterLedger: 0, done: false };
}

export async function noteAdoption(db: SiteDatabase, afterLedger: number, done: boolean): Promise<void> {
  await db.orm
    .insert(holdGroupAdoptions)
    .values({ siteId: db.siteId, name: adoption, afterLedger, done })
    .onConflictDoUpdate({ target: [holdGroupAdoptions.siteId, holdGroupAdoptions.name], set: { afterLedger, done } });
}
