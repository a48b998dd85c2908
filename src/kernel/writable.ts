/** The same fields, to be filled one by one while a value is made. */
export type Writable<T> = { -readonly [K in keyof T]: T[K] };
