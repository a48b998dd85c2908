import { type SystemParts, systemContext } from "../operation/system-context.ts";
import { isClockDoubtedNow } from "../platform/clock-doubt.ts";
import { type Cron, crons } from "./crons.ts";

/** Runs the crons of a trigger, one after the other. One that fails is logged and runs again at the next trigger; the others are not affected. */
export async function runCrons(trigger: string, parts: SystemParts, table: Readonly<Record<string, Cron>> = crons): Promise<void> {
  const due = Object.entries(table).filter(([, { at }]) => at === trigger);
  if (due.length === 0) throw new Error(`Nothing runs at the trigger ${trigger}.`);
  for (const [job, { run }] of due) {
    // Most of them delete what has become old. The next trigger finds the same.
    if (await isClockDoubtedNow(parts.env)) return;
    const context = systemContext(parts, job, `cron-${crypto.randomUUID()}`);
    try {
      await run(context);
    } catch (error) {
      context.log.error("cron_failed", error, { job });
    }
  }
}
