/** The log of a closed generation as files that can be verified alone: how they are written, and what they are checked against. */
import { createHash } from "node:crypto";
import { present } from "../kernel/assert.ts";
import { type Checked, type CheckedLog, checkedOf, checkFact, figuresDigest, nothingChecked } from "./check-log.ts";
import type { Fact } from "./domain/fact.ts";
import { decodeFact } from "./domain/fact-text.ts";
import { emptySeal, sealOf } from "./seal.ts";

export interface ArchiveManifest {
  /** Of the files' form. */
  readonly format: 1;
  readonly siteId: string;
  readonly ledgerId: string;
  readonly ledgerNumber: number;
  readonly currency: string;
  readonly scale: number;
  /** Counted from 0. */
  readonly generation: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** The seal of the generation before, over which the first commit is sealed; zeros before the first. */
  readonly previousSeal: string;
  readonly seal: string;
  readonly files: readonly ArchiveFile[];
}

/** A file of whole commits, a row of the log a line. */
export interface ArchiveFile {
  readonly name: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
  /** Of the last commit in it. */
  readonly seal: string;
  readonly bytes: number;
  readonly sha256: string;
}

export const manifestName = "manifest.json";

/** A row of the log as it is stored. Context and seal stand with the last row of a commit. */
export interface StoredLogRow {
  readonly seq: number;
  readonly commit_seq: number;
  readonly version: number;
  readonly body: string;
  readonly context: string | null;
  readonly seal: string | null;
}

/** The line of a row: JSON of [sequence, last sequence of its commit, version, body, context, seal], as they are stored. */
export function archiveLine({ seq, commit_seq, version, body, context, seal }: StoredLogRow): string {
  return `${JSON.stringify([seq, commit_seq, version, body, context, seal])}\n`;
}

export function archiveFileName(firstSequence: number, lastSequence: number): string {
  const padded = (sequence: number) => String(sequence).padStart(13, "0");
  return `${padded(firstSequence)}-${padded(lastSequence)}.jsonl`;
}

export interface ArchiveVerdict {
  readonly manifest: ArchiveManifest;
  readonly facts: number;
  /** Digests of the accounts' figures at both ends: what a generation begins with is what the one before ended with. */
  readonly opening: string;
  readonly closing: string;
  readonly faults: readonly string[];
}

/** More of the same helps nobody find the cause. */
const faultsMax = 20;

/**
 * Proves an archive from its files alone: that none is missing or changed, that every seal is that of the commit and the one before it,
 * and that every balance, hold and version in it is the fold of what came before. `read` answers undefined for a file that is not there.
 */
export async function checkArchive(read: (name: string) => Promise<Uint8Array | undefined>): Promise<ArchiveVerdict> {
  const text = await read(manifestName);
  if (text === undefined) throw new Error(`${manifestName} is missing`);
  // Checked against the files below.
  const manifest = JSON.parse(new TextDecoder().decode(text)) as ArchiveManifest;
  if (manifest.format !== 1) throw new Error(`the archive is of form ${manifest.format}, which this release does not read`);
  const faults: string[] = [];
  const fault = (said: string): void => {
    if (faults.length < faultsMax) faults.push(said);
  };
  const proof = proofOf(manifest, fault);
  for (const file of manifest.files) {
    const bytes = await read(file.name);
    if (bytes === undefined) {
      fault(`${file.name} is missing`);
      continue;
    }
    if (bytes.byteLength !== file.bytes || createHash("sha256").update(bytes).digest("hex") !== file.sha256)
      fault(`${file.name} is not what the manifest says`);
    proof.take(file, bytes);
  }
  const { opening, closing } = proof.end();
  return { manifest, facts: manifest.lastSequence - manifest.firstSequence + 1, opening, closing, faults };
}

/** The log as far as it was read. */
function proofOf(manifest: ArchiveManifest, fault: (said: string) => void) {
  const log = new ReadLog();
  let sequence = manifest.firstSequence - 1;
  let seal = manifest.previousSeal;
  let lastKind = "";
  if (manifest.generation === 0 && (seal !== emptySeal || sequence !== 0)) fault("the first generation does not begin at the beginning");
  const commit = (rows: readonly StoredLogRow[]): void => {
    const last = present(rows.at(-1), "a commit has rows");
    rows.forEach((row, i) => {
      if (row.seq !== sequence + 1 + i) fault(`sequence ${sequence + 1 + i} is missing: ${row.seq} follows`);
      if (row.commit_seq !== last.seq) fault(`sequence ${row.seq} is not in the commit that it names`);
      if (row.version !== last.version) fault(`sequence ${row.seq} is of another version than its commit`);
      if (row !== last && row.context !== null) fault(`sequence ${row.seq} has a context that its commit does not have`);
    });
    const bodies = rows.map(({ body }) => body);
    if (sealOf(seal, rows[0]?.seq ?? 0, last.version, bodies, last.context ?? "") !== last.seal)
      fault(`the seal at sequence ${last.seq} does not fit what is stored`);
    seal = last.seal ?? "";
    sequence = last.seq;
    for (const row of rows) {
      try {
        lastKind = log.take(row, fault);
      } catch {
        // What does not fit the seal need not be a fact at all.
        fault(`sequence ${row.seq} is not readable`);
      }
    }
  };
  return {
    take(file: ArchiveFile, bytes: Uint8Array): void {
      let open: StoredLogRow[] = [];
      for (const line of new TextDecoder().decode(bytes).split("\n")) {
        if (line === "") continue;
        const row = rowOf(line);
        if (row === undefined) {
          fault(`${file.name} has a line that is no row of a log`);
          continue;
        }
        open.push(row);
        if (row.seal === null) continue;
        commit(open);
        open = [];
      }
      if (open.length > 0) fault(`${file.name} ends within a commit`);
      if (sequence !== file.lastSequence || seal !== file.seal)
        fault(`${file.name} ends at sequence ${sequence}, not as the manifest says`);
    },
    end(): { readonly opening: string; readonly closing: string } {
      if (sequence !== manifest.lastSequence) fault(`the log ends at sequence ${sequence}, before ${manifest.lastSequence}`);
      if (seal !== manifest.seal) fault("the log does not end with the seal that the manifest says");
      if (lastKind !== "ledger_closed") fault("the log does not end with the close-out of its generation");
      return { opening: log.opening, closing: log.closing() };
    },
  };
}

function rowOf(line: string): StoredLogRow | undefined {
  try {
    // Written by archiveLine; what is not falls through the checks of the seals.
    const [seq, commit_seq, version, body, context, seal] = JSON.parse(line) as [
      number,
      number,
      number,
      string,
      string | null,
      string | null,
    ];
    return typeof body === "string" ? { seq, commit_seq, version, body, context, seal } : undefined;
  } catch {
    return undefined;
  }
}

type Named = NonNullable<ReturnType<CheckedLog["account"]>>;

/** What a log that is read from its start has said so far. */
class ReadLog implements CheckedLog {
  readonly #accounts = new Map<number, Named>();
  readonly #checked = new Map<number, Checked>();
  readonly #holds = new Map<number, { readonly fact: Extract<Fact, { kind: "hold_placed" }>; resolved: number | null }>();

  /** The digest of the figures that were carried over. */
  opening = "";

  /** The digest of the figures as they are. */
  closing(): string {
    const sorted = [...this.#checked].sort(([a], [b]) => a - b);
    return sorted.reduce((digest, [no, checked]) => figuresDigest(digest, no, checked), "");
  }

  account(no: number) {
    return this.#accounts.get(no);
  }

  hold(no: number) {
    return this.#holds.get(no);
  }

  /** Takes the next row, and answers its fact's kind. */
  take(row: StoredLogRow, fault: (said: string) => void): string {
    const fact = decodeFact(row.body);
    this.#learn(fact, row.seq);
    const accountOf = (no: number): Checked => {
      const checked = this.#checked.get(no) ?? nothingChecked();
      this.#checked.set(no, checked);
      return checked;
    };
    checkFact(this, row, accountOf, fault);
    return fact.kind;
  }

  #learn(fact: Fact, seq: number): void {
    const know = (no: number, { code, type }: Named) => this.#accounts.set(no, { code, type });
    if (fact.kind === "account_opened") know(seq, fact);
    else if (fact.kind === "account_changed") know(fact.account, fact);
    else if (fact.kind === "accounts_carried") {
      for (const account of fact.accounts) {
        know(account.no, account);
        this.opening = figuresDigest(this.opening, account.no, checkedOf(account));
      }
    } else if (fact.kind === "hold_placed") this.#holds.set(seq, { fact, resolved: null });
    else if (fact.kind === "hold_carried") {
      const placed = decodeFact(fact.row.body);
      if (placed.kind === "hold_placed") this.#holds.set(fact.row.seq, { fact: placed, resolved: null });
    } else if (fact.kind === "hold_released") this.#resolve(fact.hold, seq);
    else if (fact.kind === "holds_expired") for (const hold of fact.holds) this.#resolve(hold, seq);
    else if (fact.kind === "entry_posted" && fact.hold !== null) this.#resolve(fact.hold, seq);
  }

  /** A hold that is resolved a second time retains its first outcome, which the check then misses. */
  #resolve(no: number, seq: number): void {
    const hold = this.#holds.get(no);
    if (hold !== undefined) hold.resolved ??= seq;
  }
}
