import { createHash } from "node:crypto";
import { type ArchiveFile, type ArchiveManifest, archiveFileName, archiveLine, manifestName, type StoredLogRow } from "../../archive.ts";
import type { LedgerIdentity } from "../../rpc.ts";
import { emptySeal } from "../../seal.ts";
import type { Generation } from "../state/earlier.ts";

const rowsAtOnce = 500;

type FileRow = { name: string; first_seq: number; last_seq: number; seal: string; bytes: number; sha256: string };

/** The files that are in R2 so far. */
export function archivedFiles(sql: SqlStorage): ArchiveFile[] {
  return sql
    .exec<FileRow>("SELECT name, first_seq, last_seq, seal, bytes, sha256 FROM archive_file ORDER BY no")
    .toArray()
    .map(({ name, first_seq: firstSequence, last_seq: lastSequence, seal, bytes, sha256 }) => ({
      name,
      firstSequence,
      lastSequence,
      seal,
      bytes,
      sha256,
    }));
}

/** The last sequence that is in R2; the one before the first where none is. */
export function archivedTo(sql: SqlStorage, firstSequence: number): number {
  return sql.exec<{ last: number | null }>("SELECT max(last_seq) AS last FROM archive_file").one().last ?? firstSequence - 1;
}

/** Where the archive of a generation stands in R2. */
export function archiveFolder({ siteId, ledgerId }: LedgerIdentity, generation: number): string {
  return `sites/${siteId}/ledgers/${ledgerId}/generation-${generation}`;
}

/** Writes the next file of a closed generation's log, or, where all are there, the manifest. Returns whether there is more: what is done twice is written alike. */
export async function advanceArchive(
  sql: SqlStorage,
  bucket: R2Bucket,
  identity: LedgerIdentity,
  generation: Generation,
  previousSeal: string | undefined,
  fileBytesMax: number,
): Promise<boolean> {
  const folder = archiveFolder(identity, generation.generation);
  const after = archivedTo(sql, generation.firstSequence);
  if (after < generation.lastSequence) {
    const { file, bytes } = nextFile(sql, after, fileBytesMax);
    await bucket.put(`${folder}/${file.name}`, bytes, { sha256: file.sha256 });
    // Another call may have been faster.
    if (archivedTo(sql, generation.firstSequence) === after) {
      const { name, firstSequence, lastSequence, seal, bytes: length, sha256 } = file;
      sql.exec(
        "INSERT INTO archive_file (name, first_seq, last_seq, seal, bytes, sha256) VALUES (?, ?, ?, ?, ?, ?)",
        name,
        firstSequence,
        lastSequence,
        seal,
        length,
        sha256,
      );
    }
    return true;
  }
  const manifest: ArchiveManifest = {
    format: 1,
    siteId: identity.siteId,
    ledgerId: identity.ledgerId,
    ledgerNumber: identity.number,
    currency: identity.currency,
    scale: identity.scale,
    generation: generation.generation,
    firstSequence: generation.firstSequence,
    lastSequence: generation.lastSequence,
    previousSeal: previousSeal ?? emptySeal,
    seal: generation.seal,
    files: archivedFiles(sql),
  };
  await bucket.put(`${folder}/${manifestName}`, JSON.stringify(manifest, null, 1));
  return false;
}

/** Whole commits after a sequence, until they are a file's worth. */
function nextFile(sql: SqlStorage, after: number, bytesMax: number): { readonly file: ArchiveFile; readonly bytes: Uint8Array } {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  let length = 0;
  let last: StoredLogRow | undefined;
  for (let from = after; last?.seal == null || length < bytesMax; ) {
    const rows = sql
      .exec<StoredLogRow & Record<string, SqlStorageValue>>(
        "SELECT seq, commit_seq, version, body, context, seal FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
        from,
        rowsAtOnce,
      )
      .toArray();
    if (rows.length === 0) break;
    for (const row of rows) {
      const line = encoder.encode(archiveLine(row));
      parts.push(line);
      length += line.byteLength;
      last = row;
      if (row.seal !== null && length >= bytesMax) break;
    }
    from = last?.seq ?? from;
  }
  if (last?.seal == null) throw new Error("assertion failed: a log ends with the seal of its last commit");
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const name = archiveFileName(after + 1, last.seq);
  return { file: { name, firstSequence: after + 1, lastSequence: last.seq, seal: last.seal, bytes: length, sha256 }, bytes };
}
