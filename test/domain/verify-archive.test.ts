import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type ArchiveManifest, archiveFileName, archiveLine, checkArchive } from "../../src/ledger/archive.ts";
import { refByCode } from "../../src/ledger/domain/command.ts";
import { emptySeal, sealOf } from "../../src/ledger/seal.ts";
import { faultsBetween, verifyArchive } from "../../src/local/verify-archive.ts";
import { startingAccounts } from "../support/ledger-steps.ts";
import { type MemoryLedger, memoryLedger } from "../support/memory-ledger.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "archive-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function lines(amount: number) {
  return [
    { account: refByCode("1000"), side: "debit" as const, amount },
    { account: refByCode("1040"), side: "credit" as const, amount },
  ];
}

function books(): MemoryLedger {
  const ledger = memoryLedger();
  ledger.write(startingAccounts);
  for (let i = 1; i < 20; i++) ledger.write([{ kind: "post_entry", date: "2026-06-08", lines: lines(i) }]);
  const placed = ledger.write([{ kind: "place_hold", date: "2026-06-08", lines: lines(5) }]);
  const first = placed.items[0];
  if (first === undefined || !("first" in first)) throw new Error("the hold is placed");
  ledger.write([{ kind: "settle_hold", holdId: ledger.hold(first.first)?.id ?? "", lines: [1, 2].map((no) => ({ no, amount: 3 })) }]);
  return ledger;
}

/** Writes bodies as an archive whose every seal fits, each a commit of its own. */
function writeArchive(bodies: readonly string[]): ArchiveManifest {
  let seal = emptySeal;
  const rows = bodies.map((body, i) => {
    const context = JSON.stringify({ at: "2026-06-08T00:00:00.000Z" });
    seal = sealOf(seal, i + 1, 1, [body], context);
    return { seq: i + 1, commit_seq: i + 1, version: 1, body, context, seal };
  });
  const files = [rows.slice(0, 12), rows.slice(12)].map((of) => {
    const [firstSequence, lastSequence] = [of[0]?.seq ?? 0, of.at(-1)?.seq ?? 0];
    const bytes = Buffer.from(of.map(archiveLine).join(""));
    const name = archiveFileName(firstSequence, lastSequence);
    writeFileSync(path.join(folder, name), bytes);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { name, firstSequence, lastSequence, seal: of.at(-1)?.seal ?? "", bytes: bytes.byteLength, sha256 };
  });
  const { number: ledgerNumber, ...identity } = memoryLedger().identity;
  const manifest = {
    format: 1 as const,
    ...identity,
    ledgerNumber,
    generation: 0,
    firstSequence: 1,
    lastSequence: rows.length,
    previousSeal: emptySeal,
    seal,
    files,
  };
  writeFileSync(path.join(folder, "manifest.json"), JSON.stringify(manifest));
  return manifest;
}

const closed = JSON.stringify({ kind: "ledger_closed", generation: 0, reason: null });
const bodiesOf = (ledger: MemoryLedger) => [...ledger.log.map(({ body }) => body), closed];

test("an archive is proved from its folder alone", async () => {
  const manifest = writeArchive(bodiesOf(books()));
  expect(await verifyArchive(folder)).toMatchObject({ manifest, faults: [] });
});

test.each([
  [
    "a balance that is not the fold of what came before",
    (body: string) => body.replace(/\[2,7,(\d+),/, (_, after) => `[2,7,${Number(after) + 1},`),
    "is said to have",
  ],
  ["an entry that does not balance", (body: string) => body.replace("[2,7,", "[2,8,"), "does not balance"],
  [
    "a hold that ends twice",
    (body: string) => (body === closed ? '{"kind":"hold_released","hold":27,"reason":null}' : body),
    "which was not open then",
  ],
  [
    "a log that goes on after its end",
    (body: string) => (body === closed ? body.replace("ledger_closed", "ledger_opened") : body),
    "does not end with the close-out",
  ],
])("with %s it is not, though every seal fits", async (_, forge, fault) => {
  const bodies = bodiesOf(books());
  const forged = bodies.map(forge);
  expect(forged).not.toEqual(bodies);
  writeArchive(forged);
  expect((await verifyArchive(folder)).faults.join()).toContain(fault);
});

test("one generation follows another by sequence, seal and figures", async () => {
  writeArchive(bodiesOf(books()));
  const first = await verifyArchive(folder);
  const next = {
    ...first,
    manifest: { ...first.manifest, generation: 1, firstSequence: first.manifest.lastSequence + 1, previousSeal: first.manifest.seal },
    opening: first.closing,
  };
  expect(faultsBetween(first, next)).toEqual([]);
  expect(faultsBetween(first, { ...next, opening: "" })).toHaveLength(1);
  expect(faultsBetween(first, { ...next, manifest: { ...next.manifest, previousSeal: emptySeal } })).toHaveLength(1);
  expect(faultsBetween(first, first)).toHaveLength(4);
});

test("a folder without a manifest, and one of another form, are refused", async () => {
  await expect(verifyArchive(folder)).rejects.toThrow("manifest.json is missing");
  await expect(checkArchive(async () => new TextEncoder().encode('{"format":2}'))).rejects.toThrow("form 2");
});
