/** The platform refuses strings and rows over 2 MB; locally it is 8 MiB, so this says it where tests can hear it. */
export const bulkTextMax = 1024 * 1024;

/** Of what is not numbers alone the bytes count: a little below 2 MB. */
export const blobBytesMax = 1_900_000;
