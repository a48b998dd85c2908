import { type SystemParts, systemContext } from "../operation/system-context.ts";
import { type Cron, crons } from "./crons.ts";

/** Runs the crons of a trigger, one after the other. One that fails is logged and runs again at the next trigger; the others are not affected. */
export async function runCrons(trigger: string, parts: SystemParts, table: Readonly<Record<string, Cron>> = crons): Promise<void> {
  const due = Object.entries(table).filter(([, { at }]) => at === trigger);
  if (due.length === 0) throw new Error(`Nothing runs at the trigger ${trigger}.`);
  for (const [job, { run }] of due) {
    const context = systemContext(parts, job, `cron-${crypto.randomUUID()}`);
    try {
      await run(context);
    } catch (error) {
      context.log.error("cron_failed", error, { job });
    }
  }
}
