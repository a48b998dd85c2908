/** How far the Worker's clock is from the machine's, put in by `server-at.ts` when it bundles. */
declare const CLOCK_SHIFT_MS: number;

const machineNow = Date.now;
const now = () => machineNow() + CLOCK_SHIFT_MS;

globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  apply: () => new Date(now()).toString(),
});
Date.now = now;

/**
 * The runtime keeps alarms by the machine's clock. One that was set for a time of the Worker's would lie in the machine's past, ring at
 * once, be set again, and so on without end.
 */
export function shiftAlarms(storage: DurableObjectStorage): void {
  const setAlarm = storage.setAlarm.bind(storage);
  const getAlarm = storage.getAlarm.bind(storage);
  storage.setAlarm = (at, options) => setAlarm(Number(at) - CLOCK_SHIFT_MS, options);
  storage.getAlarm = async (options) => {
    const at = await getAlarm(options);
    return at === null ? null : at + CLOCK_SHIFT_MS;
  };
}
