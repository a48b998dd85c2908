import { type Failure, failure } from "../../kernel/failures.ts";
import { type Result, refuse } from "../../kernel/result.ts";
import { pendingIn, pendingOut } from "./account.ts";
import { parentRefusedFor } from "./account-tree.ts";
import type { ChangeAccount, DeleteAccount, OpenAccount } from "./command.ts";
import { type Decision, made, missing, refusalAt } from "./decision.ts";
import { accountById, type LedgerState } from "./state.ts";

/** Opens an account. Refuses a code, external id or role that another has, a parent that cannot be one, and limits that nothing lies between. */
export function decideOpenAccount(state: LedgerState, command: OpenAccount): Result<Decision, Failure> {
  if (state.accountNumber(`c${command.code}`) !== undefined)
    return refuse(refusalAt("CODE_TAKEN", `The ledger has an account with the code ${JSON.stringify(command.code)}.`, "/code"));
  if (command.externalId !== undefined && state.accountNumber(`x${command.externalId}`) !== undefined) {
    return refuse(
      refusalAt("EXTERNAL_ID_TAKEN", `The externalId ${JSON.stringify(command.externalId)} belongs to another account.`, "/externalId"),
    );
  }
  const { role } = command.description;
  if (role !== null && state.accountNumber(`r${role}`) !== undefined) return refuse(roleTaken(role));
  const parentId = command.parentCode === undefined ? command.description.parentId : (idByCode(state, command.parentCode) ?? "");
  const misplaced = parentId === null ? undefined : parentRefusedFor(state, command.type, parentId, undefined);
  if (misplaced) return refuse(misplaced);
  const minBalance = command.minBalance ?? null;
  const maxBalance = command.maxBalance ?? null;
  const broken = limitsBrokenBy(noneYet, minBalance, maxBalance);
  if (broken) return refuse(broken);
  return made({
    kind: "account_opened",
    code: command.code,
    externalId: command.externalId ?? null,
    type: command.type,
    minBalance,
    maxBalance,
    description: { ...command.description, parentId },
  });
}

function roleTaken(role: string): Failure {
  return refusalAt("CODE_TAKEN", `Another account of the ledger has the role ${role}.`, "/role");
}

function idByCode(state: LedgerState, code: string): string | undefined {
  const no = state.accountNumber(`c${code}`);
  return no === undefined ? undefined : state.account(no)?.id;
}

/** Changes what is given. Refuses another revision than the expected one, another type once there are lines or accounts below it, and what opening refuses. */
export function decideChangeAccount(state: LedgerState, command: ChangeAccount): Result<Decision, Failure> {
  const account = accountById(state, command.accountId);
  if (account === undefined) return refuse(missing);
  if (command.expectedRevision !== undefined && command.expectedRevision !== account.revision) {
    return refuse(
      failure("PRECONDITION_FAILED", `Account ${account.code} is at revision ${account.revision}, not ${command.expectedRevision}.`),
    );
  }
  if (command.type !== undefined && command.type !== account.type && account.children > 0)
    return refuse(failure("IN_USE", `Account ${account.code} has accounts below it, which are of its type; move or delete them first.`));
  if (command.type !== undefined && command.type !== account.type && state.figures(account.no).version > 0) {
    return refuse(refusalAt("ACCOUNT_TYPE_FIXED", `Account ${account.code} has lines and keeps its type ${account.type}.`, "/type"));
  }
  const code = command.code ?? account.code;
  if (code !== account.code && state.accountNumber(`c${code}`) !== undefined) {
    return refuse(refusalAt("CODE_TAKEN", `The ledger has an account with the code ${JSON.stringify(code)}.`, "/code"));
  }
  const externalId = command.externalId === undefined ? account.externalId : command.externalId;
  if (externalId !== null && externalId !== account.externalId && state.accountNumber(`x${externalId}`) !== undefined) {
    return refuse(
      refusalAt("EXTERNAL_ID_TAKEN", `The externalId ${JSON.stringify(externalId)} belongs to another account.`, "/externalId"),
    );
  }
  const description = { ...account.description, ...command.description };
  if (
    description.role !== null &&
    description.role !== account.description.role &&
    state.accountNumber(`r${description.role}`) !== undefined
  ) {
    return refuse(roleTaken(description.role));
  }
  const type = command.type ?? account.type;
  const moved = description.parentId !== account.description.parentId || type !== account.type;
  const misplaced = moved && description.parentId !== null ? parentRefusedFor(state, type, description.parentId, account) : undefined;
  if (misplaced) return refuse(misplaced);
  const minBalance = command.minBalance === undefined ? account.minBalance : command.minBalance;
  const maxBalance = command.maxBalance === undefined ? account.maxBalance : command.maxBalance;
  const figures = state.figures(account.no);
  const broken = limitsBrokenBy(
    {
      available: figures.balance - pendingOut(account.type, figures),
      expected: figures.balance + pendingIn(account.type, figures),
    },
    minBalance,
    maxBalance,
  );
  if (broken) return refuse(broken);
  if (command.status === "archived" && (figures.pendingDebits > 0 || figures.pendingCredits > 0))
    return refuse(refusalAt("IN_USE", `Account ${account.code} has open holds; they are to be settled or released first.`, "/status"));
  return made({
    kind: "account_changed",
    account: account.no,
    code,
    externalId,
    type,
    minBalance,
    maxBalance,
    description,
    status: command.status ?? account.status,
  });
}

const noneYet = { available: 0, expected: 0 };

/** A limit that the present state breaks is refused: it would make the next honest entry the scapegoat. */
function limitsBrokenBy(
  { available, expected }: { readonly available: number; readonly expected: number },
  minBalance: number | null,
  maxBalance: number | null,
): Failure | undefined {
  if (minBalance !== null && maxBalance !== null && minBalance > maxBalance) {
    return refusalAt("BALANCE_LIMIT", `minBalance ${minBalance} is above maxBalance ${maxBalance}.`, "/minBalance", {
      bound: minBalance,
      balance: available,
    });
  }
  if (minBalance !== null && available < minBalance) {
    return refusalAt("BALANCE_LIMIT", `The balance ${available} is below the minBalance ${minBalance} asked for.`, "/minBalance", {
      bound: minBalance,
      balance: available,
    });
  }
  if (maxBalance !== null && expected > maxBalance) {
    return refusalAt("BALANCE_LIMIT", `The balance ${expected} is above the maxBalance ${maxBalance} asked for.`, "/maxBalance", {
      bound: maxBalance,
      balance: expected,
    });
  }
  return undefined;
}

/** Deletes an account that has no lines and stands above no other; else refuses as `IN_USE`. */
export function decideDeleteAccount(state: LedgerState, command: DeleteAccount): Result<Decision, Failure> {
  const account = accountById(state, command.accountId);
  if (account === undefined) return refuse(missing);
  if (account.children > 0) return refuse(failure("IN_USE", "The account has accounts below it; move or delete them first."));
  if (state.figures(account.no).version > 0) return refuse(failure("IN_USE", `Account ${account.code} has lines; archive it instead.`));
  return made({
    kind: "account_changed",
    account: account.no,
    code: account.code,
    externalId: account.externalId,
    type: account.type,
    minBalance: account.minBalance,
    maxBalance: account.maxBalance,
    description: account.description,
    status: "deleted",
  });
}
