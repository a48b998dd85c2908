/** Names the properties that a body written out by hand does not handle. No type has this property: whatever is compared to it does not compile. */
interface Unhandled<Names> {
  readonly "these properties are not handled": Names;
}

/**
 * `T`, where `Names` are all of its properties. Another `T` does not compile, and the error names those that are missing.
 * For bodies that go field by field because a loop costs too much: `entry satisfies Whole<PostEntry, "kind" | "date" | …>`. It costs nothing when it runs.
 */
export type Whole<T, Names extends keyof T> = [Exclude<keyof T, Names>] extends [never] ? T : Unhandled<Exclude<keyof T, Names>>;
