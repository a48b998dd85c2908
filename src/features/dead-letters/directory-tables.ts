/** In the directory what is of no site, or of none that is there. */
export { deadLetters } from "./tables.ts";
