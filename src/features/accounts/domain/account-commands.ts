import type { AccountType } from "../../../kernel/account-type.ts";
import type { OpenAccount } from "../../../ledger/domain/command.ts";
import type { ChartAccount } from "./charts/chart.ts";

/** A request's description of an account that is to be opened. */
export interface AccountRequest {
  readonly code: string;
  readonly name: string;
  readonly type: AccountType;
  readonly description?: string | undefined;
  readonly subtype?: string | undefined;
  readonly role?: string | undefined;
  readonly stableKey?: string | undefined;
  readonly externalId?: string | undefined;
  readonly parentId?: string | undefined;
  readonly parentCode?: string | undefined;
  readonly minBalance?: number | undefined;
  readonly maxBalance?: number | undefined;
}

/** The command that opens the account. Its code as it is today is its stable key, unless it is given another. */
export function openCommand(account: AccountRequest): OpenAccount {
  return {
    kind: "open_account",
    code: account.code,
    type: account.type,
    description: {
      name: account.name,
      description: account.description ?? null,
      subtype: account.subtype ?? null,
      parentId: account.parentId ?? null,
      role: account.role ?? null,
      stableKey: account.stableKey ?? account.role ?? account.code,
    },
    ...(account.parentCode === undefined ? {} : { parentCode: account.parentCode }),
    ...(account.externalId === undefined ? {} : { externalId: account.externalId }),
    ...(account.minBalance === undefined ? {} : { minBalance: account.minBalance }),
    ...(account.maxBalance === undefined ? {} : { maxBalance: account.maxBalance }),
  };
}

/** A built-in chart's account as a request would describe it. */
export function requestOfChart(account: ChartAccount): AccountRequest {
  return {
    code: account.code,
    name: account.name,
    type: account.type,
    subtype: account.subtype,
    parentCode: account.parentCode ?? undefined,
    role: account.role ?? undefined,
    description: account.description ?? undefined,
  };
}
