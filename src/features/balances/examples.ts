import type { z } from "@hono/zod-openapi";
import { lineExample } from "../journal/index.ts";
import type { Balance, BalanceHistory } from "./schemas.ts";

export const balanceExample = {
  accountId: "01980c1e-7e0c-8000-8000-400000000002",
  code: "1010",
  type: "bank",
  currency: "USD",
  normalSide: "debit",
  posted: { debits: 1580000, credits: 284299 },
  pending: { debits: 0, credits: 0 },
  balance: 1295701,
  available: 1295701,
  version: 17,
  sequence: 18,
  asOf: null,
  knownAt: null,
} satisfies z.input<typeof Balance>;

export const historyExample = {
  accountId: balanceExample.accountId,
  currency: "USD",
  interval: "month",
  startDate: "2026-05-01",
  endDate: "2026-06-08",
  knownAt: null,
  data: [
    { date: "2026-05-31", debits: 1580000, credits: 280000, balance: 1300000 },
    { date: "2026-06-08", debits: 1580000, credits: 284299, balance: 1295701 },
  ],
} satisfies z.input<typeof BalanceHistory>;

export const runningLineExample = { ...lineExample, runningBalance: 1295701 };
