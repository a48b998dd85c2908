import { updateSomeTokens } from "../../access/update-some-tokens.ts";
import { checksumAfter, deleteSome, type Piece, readPiece, rowsOf, writePiece } from "../../db/copy-site.ts";
import { openDatabase } from "../../db/site-database.ts";
import { isSiteMoving, setFence } from "../../db/site-fence.ts";
import { findSiteScope } from "../../db/site-rows.ts";
import { type SiteTable, siteTables } from "../../db/site-schema.ts";
import { present } from "../../kernel/assert.ts";
import { leaseMs } from "../../kernel/bounds.ts";
import type { BaseContext } from "../../operation/context.ts";
import { atTheBeginning, endsOf, type MoveStep } from "./domain/move.ts";
import { findMove, type MoveChange, type MoveRow, saveMove, saveSwitch } from "./store.ts";

/** What a move works with. Nobody's key stands behind it. */
export type MoveContext = Pick<BaseContext, "env" | "directory" | "clock">;

/** A piece costs about five queries, and an invocation has a thousand. */
const piecesPerRun = 100;
/** A request that was let in before the site moved may still read: longer than any of them lasts. */
const leftCopyKeptMs = 60_000;

/** The databases of a move, and their tables, which no migration changes while it runs. */
interface Hands extends MoveContext {
  readonly source: D1DatabaseSession;
  readonly target: D1DatabaseSession;
  readonly tables: readonly SiteTable[];
}

/**
 * Continues a move for as long as one invocation may, until it waits, or is done. It may be interrupted anywhere and resumed by anyone, by several
 * at once too: each step does what is done already once more, or finds its fence shut.
 */
export async function advanceMove(context: MoveContext, moveId: string, piecesMax = piecesPerRun): Promise<MoveRow> {
  let move = present(await findMove(context.directory, moveId), "a move that goes on was begun");
  let hands = await takeUp(context, move);
  for (let pieces = 0; pieces < piecesMax; pieces += 1) {
    if (move.finishedAt !== null || move.waitUntil > context.clock()) return move;
    const saved = await takeStep(hands, move);
    if (saved) {
      move = saved;
      continue;
    }
    const other = present(await findMove(context.directory, moveId), "a move stays in the directory");
    if (other.revision === move.revision) throw new Error(`assertion failed: the fences of move ${moveId} stand as its step says`);
    move = other;
    hands = await takeUp(context, move);
  }
  return move;
}

/**
 * Fresh sessions, each beginning at its primary, after the move was read: what its step says is done in them is then seen in them, where another
 * worker has done it too. An older session may read a replica that lags behind.
 */
async function takeUp(context: MoveContext, move: MoveRow): Promise<Hands> {
  const [source, target] = [openDatabase(context.env, move.source), openDatabase(context.env, move.target)];
  return { ...context, source, target, tables: await siteTables(source) };
}

/** The move after its next piece; undefined where another worker was there first. */
async function takeStep(hands: Hands, move: MoveRow): Promise<MoveRow | undefined> {
  try {
    const change = await steps[move.step](hands, move);
    return await (move.step === "switching" ? saveSwitch : saveMove)(hands.directory, move, change);
  } catch (error) {
    if (isSiteMoving(error)) return undefined;
    throw error;
  }
}

const steps: Readonly<Record<MoveStep, (hands: Hands, move: MoveRow) => Promise<MoveChange>>> = {
  /** From here on nothing is written to the source, whoever tries and whatever their lease says. */
  async closing({ source, target }, move) {
    await setFence(source, move, "closed");
    await setFence(target, move, "emptying");
    return { step: "clearing", progress: atTheBeginning };
  },

  /** What an earlier move left in the target when it was aborted. */
  async clearing({ target, tables }, move) {
    const next = await clearTable(target, tables, move);
    if (next) return next;
    await setFence(target, move, "filling", ["emptying"]);
    return { step: "copying", progress: atTheBeginning };
  },

  async copying({ source, target, tables }, move) {
    const table = tables[move.progress.tables];
    if (!table) return { step: "verifying", progress: atTheBeginning };
    const piece = await readPiece(source, table, move.siteId, move.progress.after);
    if (piece.last === null) return { progress: { ...atTheBeginning, tables: move.progress.tables + 1 } };
    await writePiece(target, move, table, piece);
    return { progress: { ...move.progress, after: piece.last } };
  },

  /** Compares every row of both; the count and the checksum are of what is the same. */
  async verifying({ source, target, tables }, move) {
    const { progress } = move;
    const table = tables[progress.tables];
    if (!table) return { step: "switching" };
    const there = await readPiece(source, table, move.siteId, progress.after);
    const here = await readPiece(target, table, move.siteId, progress.after);
    if (!isSame(there, here)) return { step: "switching", abortReason: `The copy of ${table.name} differs from its source.` };
    if (there.last !== null) {
      const rows = progress.rows + rowsOf(there);
      return { progress: { ...progress, after: there.last, rows, checksum: checksumAfter(progress.checksum, there) } };
    }
    const tablesDone = [...move.tables, { name: table.name, rows: progress.rows, checksum: progress.checksum }];
    return { tables: tablesDone, progress: { ...atTheBeginning, tables: progress.tables + 1 } };
  },

  async switching() {
    return { step: "telling", progress: atTheBeginning };
  },

  async telling({ env, directory, clock }, move) {
    const site = await findSiteScope(directory, move.siteId);
    if (site?.epoch !== move.epoch) throw new Error("assertion failed: a site that has switched is in the epoch of its move");
    const last = await updateSomeTokens(env, directory, site, move.progress.after);
    if (last !== null) return { progress: { ...move.progress, after: last } };
    // An isolate with a lease from before still reads the source: for so long nobody writes to the target, so that both read the same.
    return { step: "settling", waitUntil: clock() + (move.abortReason === null ? leaseMs : 0) };
  },

  async settling({ source, target, clock }, move) {
    const { destination } = endsOf(move);
    await setFence(destination === move.target ? target : source, move, "open", ["filling", "closed"]);
    return { step: "sweeping", progress: atTheBeginning, waitUntil: clock() + (move.abortReason === null ? leftCopyKeptMs : 0) };
  },

  async sweeping({ source, target, tables, clock }, move) {
    const { leftover } = endsOf(move);
    const session = leftover === move.target ? target : source;
    await setFence(session, move, "emptying", ["closed", "filling"]);
    const next = await clearTable(session, tables, move);
    if (next) return next;
    await setFence(session, move, "closed", ["emptying"]);
    return { step: "done", finishedAt: clock() };
  },

  async done() {
    return {};
  },
};

/** Deletes some of the table that the move has come to, what refers before what it refers to; undefined after the last. */
async function clearTable(session: D1DatabaseSession, tables: readonly SiteTable[], move: MoveRow): Promise<MoveChange | undefined> {
  const table = tables[tables.length - 1 - move.progress.tables];
  if (!table) return undefined;
  const some = await deleteSome(session, move, table.name);
  return some ? {} : { progress: { ...move.progress, tables: move.progress.tables + 1 } };
}

function isSame(there: Piece, here: Piece): boolean {
  return there.last === here.last && checksumAfter("", there) === checksumAfter("", here);
}
