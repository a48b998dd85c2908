import type { Actor } from "../../src/kernel/role.ts";

export const owner: Actor = { kind: "person", id: "owner", role: "OWNER" };
export const approver: Actor = { kind: "service", id: "approver", role: "APPROVER" };
export const preparer: Actor = { kind: "service", id: "preparer", role: "PREPARER" };
export const agent: Actor = { kind: "agent", id: "agent", role: "PREPARER" };
