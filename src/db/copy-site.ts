import { createHash } from "node:crypto";
import { requireState, type SiteEpoch } from "./site-fence.ts";
import type { SiteTable } from "./site-schema.ts";

/** A piece's rows together, as stored. Written as JSON they may grow sixfold, and the platform accepts parameters of up to 2 MB. */
const pieceBytesMax = 250_000;
const rowsPerPieceMax = 500;
/** A row beyond this is copied alone, column by column: the platform accepts rows of up to 2 MB, and its JSON would be more. */
const rowBytesAsJsonMax = pieceBytesMax;
/** A function of the platform's SQL accepts 32 arguments. */
const columnsPerArray = 30;
/** A delete of more rows at once may block the database for its other sites for too long. */
const rowsPerDelete = 1_000;

/** Some rows of a site in a table, in the order of their key. */
export interface Piece {
  /** Rows as JSON text that nobody here parses: integers beyond 2^53 pass as they are. */
  readonly rows: readonly string[];
  /** In place of `rows`, one row that is too large for that, column by column. */
  readonly large: readonly unknown[] | undefined;
  /** The key of the last row, after which the next piece begins; null where there are no more. */
  readonly last: string | null;
}

/** The next rows of the site in the table, after the key `after`. */
export async function readPiece(
  session: D1DatabaseSession,
  { name, columns, key }: SiteTable,
  siteId: string,
  after: string | null,
): Promise<Piece> {
  const order = key.map(quoted).join(", ");
  const bytes = columns.map((column) => `ifnull(octet_length(${quoted(column)}), 0)`).join(" + ");
  const from = after === null ? "" : `AND (${order}) > (${keyIn("?2", key)})`;
  const { results } = await session
    .prepare(
      `SELECT k, v FROM (
         SELECT json_array(${order}) AS k, CASE WHEN row_bytes <= ${rowBytesAsJsonMax} THEN ${asJson(columns)} END AS v,
           sum(row_bytes) OVER preceding AS total, row_number() OVER preceding AS no
         FROM (SELECT *, ${bytes} AS row_bytes FROM ${quoted(name)} WHERE site_id = ?1 ${from} ORDER BY ${order} LIMIT ${rowsPerPieceMax})
         WINDOW preceding AS (ORDER BY ${order} ROWS UNBOUNDED PRECEDING)
       ) WHERE total <= ${pieceBytesMax} OR no = 1 ORDER BY no`,
    )
    .bind(...(after === null ? [siteId] : [siteId, after]))
    .all<{ readonly k: string; readonly v: string | null }>();
  const large = results.findIndex(({ v }) => v === null);
  const rows = large === -1 ? results : results.slice(0, large);
  if (rows.length > 0) return { rows: rows.map(({ v }) => v ?? ""), large: undefined, last: rows.at(-1)?.k ?? null };
  const [row] = results;
  if (row === undefined) return { rows: [], large: undefined, last: null };
  const [values] = await session
    .prepare(`SELECT ${columns.map(quoted).join(", ")} FROM ${quoted(name)} WHERE site_id = ?1 AND (${order}) = (${keyIn("?2", key)})`)
    .bind(siteId, row.k)
    .raw();
  return { rows: [], large: values, last: row.k };
}

/** Writes a piece where the move of the epoch fills the database. Rows that are there already, from an interrupted copy, stay. */
export async function writePiece(
  session: D1DatabaseSession,
  at: SiteEpoch,
  { name, columns, key }: SiteTable,
  piece: Piece,
): Promise<void> {
  const names = columns.map(quoted).join(", ");
  const conflict = `ON CONFLICT (site_id, ${key.map(quoted).join(", ")}) DO NOTHING`;
  const insert =
    piece.large === undefined
      ? session
          .prepare(
            `INSERT INTO ${quoted(name)} (${names}) SELECT ${columns.map((_, no) => `value ->> '${pathOf(no)}'`).join(", ")} FROM json_each(?1) WHERE true ${conflict}`,
          )
          .bind(parameterOf(piece.rows))
      : session
          .prepare(`INSERT INTO ${quoted(name)} (${names}) VALUES (${columns.map((_, no) => `?${no + 1}`).join(", ")}) ${conflict}`)
          .bind(...piece.large);
  await session.batch([requireState(session, at, "filling"), insert]);
}

/** The platform's bound, which the runtime on one's own machine does not have. */
const parameterBytesMax = 2_000_000;

function parameterOf(rows: readonly string[]): string {
  const json = `[${rows.join(",")}]`;
  if (Buffer.byteLength(json) > parameterBytesMax) throw new Error("assertion failed: a piece's JSON is within the platform's bound");
  return json;
}

/** How many rows a piece has. */
export function rowsOf(piece: Piece): number {
  return piece.large === undefined ? piece.rows.length : 1;
}

/** SHA-256 over the rows of a piece and the checksum before it. Two tables in which it comes out alike hold the same rows. */
export function checksumAfter(before: string, piece: Piece): string {
  const hash = createHash("sha256").update(before);
  for (const row of piece.large === undefined ? piece.rows : [JSON.stringify(piece.large)]) hash.update(`\n${row}`);
  return hash.digest("hex");
}

/** Deletes some of the site's rows from a table where the move of the epoch empties the database; false where there are none left. */
export async function deleteSome(session: D1DatabaseSession, at: SiteEpoch, table: string): Promise<boolean> {
  const name = quoted(table);
  const piece = session
    .prepare(`DELETE FROM ${name} WHERE rowid IN (SELECT rowid FROM ${name} WHERE site_id = ?1 LIMIT ${rowsPerDelete})`)
    .bind(at.siteId);
  const [, deleted] = await session.batch([requireState(session, at, "emptying"), piece]);
  return (deleted?.meta.changes ?? 0) > 0;
}

/** Names come from the database's own schema. */
function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function keyIn(parameter: string, key: readonly string[]): string {
  return key.map((_, no) => `${parameter} ->> '$[${no}]'`).join(", ");
}

/** A row as arrays in an array: a function's arguments are few. */
function asJson(columns: readonly string[]): string {
  const groups: string[] = [];
  for (let at = 0; at < columns.length; at += columnsPerArray)
    groups.push(
      `json_array(${columns
        .slice(at, at + columnsPerArray)
        .map(quoted)
        .join(", ")})`,
    );
  return `json_array(${groups.join(", ")})`;
}

function pathOf(no: number): string {
  return `$[${Math.floor(no / columnsPerArray)}][${no % columnsPerArray}]`;
}
