/** What a list does for each of its filters. A filter without its row does not compile. */
export type FilterRows<F, Context, Applied> = {
  readonly [N in keyof F]-?: (value: Exclude<F[N], undefined>, context: Context) => Applied;
};

/** What the rows make of the filters that are given, in the order of the rows. */
export function applied<F extends object, Context, Applied>(rows: FilterRows<F, Context, Applied>, filter: F, context: Context): Applied[] {
  const apply = <N extends keyof F>(name: N): Applied[] => {
    const value = filter[name];
    // The compiler does not narrow what a name of a generic type leads to.
    return value === undefined ? [] : [rows[name](value as Exclude<F[N], undefined>, context)];
  };
  return namesOf(rows).flatMap(apply);
}

/** Whether none of the filters is given: a list is counted exactly where nothing narrows it. */
export function isUnfiltered<R extends object>(rows: R, filter: { readonly [N in keyof NoInfer<R>]?: unknown }): boolean {
  return namesOf(rows).every((name) => filter[name] === undefined);
}

function namesOf<T extends object>(rows: T): (keyof T)[] {
  // A table has the names of its filters and no others.
  return Object.keys(rows) as (keyof T)[];
}
