import type { UserOf } from "../sites/index.ts";
import { findUser } from "./store.ts";

/** A user for whom a person's key acts. */
export const userOf: UserOf = (context, id) => findUser(context.directory, context.site.firmId, id);
