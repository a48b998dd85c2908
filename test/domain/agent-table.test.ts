import { describe, expect, test } from "vitest";
import { type AgentAction, agentBarred, agentRefused, agentTable } from "../../src/ledger/domain/agent-table.ts";
import { agent, approver, owner, preparer } from "../support/actors.ts";

const actions = Object.keys(agentTable) as AgentAction[];
const mine = { kind: agent.kind, id: agent.id };

describe("the table of what an agent may do", () => {
  test.each(actions)("%s: nobody's, its own and others'", (action) => {
    const { own, others } = agentTable[action];
    const refused = (behind: Parameters<typeof agentRefused>[2]) =>
      (agentBarred(agent, action) ?? agentRefused(agent, action, behind))?.code;
    // A draft is not posted by an agent, which has a refusal of its own.
    const expected = (outcome: string) => (outcome === "refused" && action !== "post_draft" ? "FORBIDDEN" : undefined);
    expect(refused(() => [mine])).toBe(expected(own));
    if (action === "post_draft") return;
    for (const behind of [[owner], [mine, owner], [owner, mine], [null], [mine, null]])
      expect(refused(() => behind)).toBe(expected(others));
  });

  test("nothing of it concerns a person or a service", () => {
    for (const action of actions)
      for (const actor of [owner, approver, preparer])
        expect(agentBarred(actor, action) ?? agentRefused(actor, action, () => [mine, null])).toBeUndefined();
  });

  test("whatever may be done to others' things may be done to one's own", () => {
    const reach = { refused: 0, waits: 1, done: 2 };
    for (const action of actions) expect(reach[agentTable[action].own]).toBeGreaterThanOrEqual(reach[agentTable[action].others]);
  });
});
