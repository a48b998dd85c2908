import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import path from "node:path";
import { z } from "zod";
import { type Failure, failure } from "../kernel/failures.ts";
import { writeFileWhole } from "./write-file.ts";
import type { WriteReason } from "./write-gate.ts";

const dayMs = 86_400_000;
const hourMs = 3_600_000;
/** A clock that runs ahead of the time that has passed by this much has leapt; what a network corrects is seconds. */
const leapMs = dayMs;
/** A clock that stands this far behind what was seen has been set back; what a network corrects is seconds. */
const behindMs = hourMs;
const lookEveryMs = 1_000;
/** A crash loses at most this much of what was seen, far less than what counts as behind. */
const keepEveryMs = 30_000;
const retryAfterSeconds = 60;

/** What is kept in the data folder. */
const Seen = z.object({
  /** The last instant by a clock that was not doubted. */
  lastSeen: z.iso.datetime(),
  /** Where the clock leapt to, until it is accepted or set back. */
  leaptTo: z.iso.datetime().optional(),
});

export interface Clocks {
  /** Milliseconds since 1970, as the machine's clock says. */
  readonly wall: () => number;
  /** Milliseconds that have passed since some moment, sleep included: the system's own count, which nobody sets. */
  readonly passed: () => number;
}
const machineClocks: Clocks = { wall: () => Date.now(), passed: () => uptime() * 1_000 };

/**
 * Doubts the machine's clock where it has leapt a day ahead of the time that has passed, or stands an hour behind the last instant seen, also by an earlier
 * process. Then nothing may be written until the clock is right again or `accept` says that it is right as it stands.
 */
export function watchClock(
  dataDir: string,
  options: { readonly accept: boolean; readonly clocks?: Clocks; readonly say?: (line: string) => void },
): WriteReason {
  const { accept, clocks = machineClocks, say = console.error } = options;
  const file = path.join(dataDir, "clock.json");
  const kept = accept ? undefined : readSeen(file);
  let leaptTo = kept?.leaptTo === undefined ? undefined : Date.parse(kept.leaptTo);
  let lastSeen = kept === undefined ? clocks.wall() : Date.parse(kept.lastSeen);
  let passedThen = clocks.passed();
  let refusal: Failure | undefined;
  let keptAtMs = Number.NEGATIVE_INFINITY;
  let atStart = true;

  const keep = () => {
    const seen = { lastSeen: new Date(lastSeen).toISOString(), ...(leaptTo !== undefined && { leaptTo: new Date(leaptTo).toISOString() }) };
    try {
      writeFileWhole(file, JSON.stringify(seen));
    } catch {
      // A full disk: what is kept there is older by then, and no harm.
    }
  };
  const doubt = (message: string) => {
    if (refusal !== undefined) return;
    refusal = { ...failure("CLOCK", message), retryAfterSeconds };
    keep();
    say(
      `${message} Writes are refused (CLOCK); reads go on. Set the clock right, or, if it is right, start with: npm start -- --accept-clock`,
    );
  };
  const look = () => {
    const wall = clocks.wall();
    const passed = clocks.passed();
    // While it is doubted the last instant stays, and the time that passes counts from there. Of the time before a start nothing is known.
    const expected = lastSeen + (passed - passedThen);
    if (wall < lastSeen - behindMs) {
      leaptTo = undefined;
      doubt(`The clock says ${textOf(wall)}, and ${textOf(lastSeen)} was seen before.`);
      return;
    }
    const stillLeapt = leaptTo !== undefined && wall >= leaptTo - behindMs;
    if (stillLeapt || (!atStart && wall > expected + leapMs)) {
      leaptTo ??= wall;
      doubt(`The clock has leapt ahead to ${textOf(leaptTo)}; ${textOf(lastSeen)} was seen before.`);
      return;
    }
    if (refusal !== undefined) say("The clock is right again: writes are taken.");
    const wasDoubted = refusal !== undefined || leaptTo !== undefined;
    refusal = undefined;
    leaptTo = undefined;
    atStart = false;
    lastSeen = wasDoubted ? wall : Math.max(lastSeen, wall);
    passedThen = passed;
    if (!wasDoubted && passed - keptAtMs < keepEveryMs) return;
    keptAtMs = passed;
    keep();
  };

  look();
  const timer = setInterval(look, lookEveryMs);
  timer.unref();
  return {
    refusal: () => {
      // A clock that has hardly moved since the last look needs none.
      if (refusal === undefined && Math.abs(clocks.wall() - lastSeen) > hourMs) look();
      return refusal;
    },
    stop: () => {
      clearInterval(timer);
      look();
      keep();
    },
  };
}

function textOf(ms: number): string {
  return new Date(ms).toISOString();
}

function readSeen(file: string): z.infer<typeof Seen> | undefined {
  try {
    return Seen.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new Error(`${file} cannot be read.`, { cause: error });
  }
}
