import { median } from "./rounds.ts";

export type Target = { readonly atLeast: number } | { readonly atMost: number };

/** One line of the table: what was measured, what was hoped for, and whether it is so. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly median: number;
  readonly rounds: readonly number[];
  readonly target: Target | null;
  /** The median over the target: at least 1 is good for a lower bound, at most 1 for an upper one. */
  readonly ratioToTarget: number | null;
  readonly met: boolean | null;
  /** What was measured beside it or stands behind it, round by round: the floor's figures, for one. */
  readonly beside?: Readonly<Record<string, readonly number[]>>;
  readonly note?: string;
}

export function figure(
  name: string,
  unit: string,
  rounds: readonly number[],
  target: Target | null,
  more: { readonly beside?: Readonly<Record<string, readonly number[]>>; readonly note?: string } = {},
): Figure {
  const middle = median(rounds);
  const ratioToTarget = target === null ? null : middle / ("atLeast" in target ? target.atLeast : target.atMost);
  return {
    name,
    unit,
    median: rounded(middle),
    rounds: rounds.map(rounded),
    target,
    ratioToTarget: ratioToTarget === null ? null : rounded(ratioToTarget),
    met: target === null || ratioToTarget === null ? null : "atLeast" in target ? ratioToTarget >= 1 : ratioToTarget <= 1,
    ...(more.beside && { beside: Object.fromEntries(Object.entries(more.beside).map(([of, figures]) => [of, figures.map(rounded)])) }),
    ...(more.note !== undefined && { note: more.note }),
  };
}

/** Four significant digits, and no fraction of a thousand. */
function rounded(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
}

/** A figure as a line of the printed table. */
export function figureLine({ name, unit, median: middle, rounds, target, ratioToTarget, met, beside }: Figure): string {
  const verdict = met === null ? "      " : met ? "met   " : "MISSED";
  const bound = target === null ? "" : "atLeast" in target ? `≥ ${shown(target.atLeast)}` : `≤ ${shown(target.atMost)}`;
  const ratio = ratioToTarget === null ? "" : `${ratioToTarget.toFixed(2)} of target`;
  const others = Object.entries(beside ?? {}).map(([of, figures]) => `${of} ${shown(median(figures))}`);
  const columns = [
    verdict,
    name.padEnd(nameWidth),
    `${shown(middle)} ${unit}`.padStart(18),
    bound.padStart(9),
    ratio.padStart(15),
    `rounds ${rounds.map(shown).join(" ")}`.padEnd(32),
    others.join(", "),
  ];
  return columns.join("  ").trimEnd();
}

const nameWidth = 70;

function shown(value: number): string {
  return value.toLocaleString("en-US", { maximumFractionDigits: value >= 1_000 ? 0 : value >= 100 ? 1 : 3 });
}
