import { seed } from "../seed.ts";
import type { Answer, Api } from "../site.ts";
import type { Operation } from "./api-document.ts";
import { differencesFrom } from "./check-answer.ts";
import { changesBetween, stateBefore, stateOf } from "./site-state.ts";
import { send, textOf, urlOf } from "./stage.ts";
import type { Call, Stage } from "./stage-part.ts";

/** A call, what is special about it, and who sends it. */
export interface Attempt {
  readonly name: string;
  readonly call: Call;
  /** By default the site's OWNER. */
  readonly by?: Api;
  /** `none` sends no key, `dead` one that is no longer good: neither has a rate limit to report. */
  readonly key?: "none" | "dead";
  /** Where it is not the operation's own. What such a path scopes may not exist, which the operation itself does not declare. */
  readonly url?: string;
  readonly method?: string;
}

/** Sends attempts of one operation, and collects what is wrong with their answers. */
export interface Finder {
  readonly stage: Stage;
  readonly operation: Operation;
  note(attempt: Attempt, answer: Answer, what: string): void;
  /** Sends one, and holds its answer to the document. */
  answerTo(attempt: Attempt): Promise<Answer>;
  /** Sends what has to be taken. */
  mustTake(attempt: Attempt): Promise<Answer>;
  /** Sends what may be taken or refused: where it is refused, or only reads, nothing has changed. */
  mayTake(attempts: readonly Attempt[]): Promise<void>;
  /** Sends what has to be refused, with one of the statuses where they are given, and changes nothing. */
  mustRefuse(attempts: readonly Attempt[], ...statuses: readonly number[]): Promise<void>;
  /** What was found, with the first attempts that show each of it; undefined where nothing was. */
  report(): string | undefined;
}

const shownOfAKind = 3;
const shownCharacters = 400;

function shortened(text: string): string {
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}… (${text.length} characters)` : text;
}

export function newFinder(stage: Stage, operation: Operation): Finder {
  const findings = new Map<string, string[]>();
  const { siteId, document } = stage;
  const notFound = document.operations.find(({ answers }) => answers[404])?.answers[404] ?? { description: "" };
  /** Under a path that names a site or a company, that may be one which nobody has. */
  const belowOtherPaths = {
    ...operation,
    answers: { 404: notFound, ...operation.answers },
    codes: { 404: ["NOT_FOUND"], ...operation.codes },
  };

  const note: Finder["note"] = ({ name, call, method, url }, answer, what) => {
    const sent = [method ?? operation.method, shortened(url ?? urlOf(call)), JSON.stringify(call.headers), shortened(textOf(call) ?? "")];
    const found = findings.get(what) ?? [];
    findings.set(what, [...found, `  ${name}\n    ${sent.join(" ")}\n    → ${answer.status} ${shortened(answer.text)}`]);
  };

  const answerTo: Finder["answerTo"] = async (attempt) => {
    const { call, url, method, key, by = call.by ?? stage.api } = attempt;
    const answer = await send(call, key === "none" ? undefined : by, {
      ...(url === undefined ? {} : { url }),
      ...(method === undefined ? {} : { method }),
    });
    const declaring = url === undefined ? operation : belowOtherPaths;
    const keyIsGood = key === undefined && !operation.isPublic;
    for (const difference of differencesFrom(document, declaring, answer, { keyIsGood, isHead: method === "HEAD" }))
      note(attempt, answer, difference);
    return answer;
  };

  /** Sends attempts none of which may change anything. Which of them did is asked only where one did. */
  const unchanging = async (attempts: readonly Attempt[], sendOne: (attempt: Attempt) => Promise<Answer>) => {
    const before = await stateBefore(siteId);
    let last: Answer | undefined;
    for (const attempt of attempts) last = await sendOne(attempt);
    const [first] = attempts;
    if (first === undefined || last === undefined) return;
    const after = await stateOf(siteId);
    const changes = changesBetween(before, after);
    if (changes.length === 0) return;
    note(first, last, `this, or one of the ${attempts.length - 1} sent after it, changed ${changes.join(", ")} and must not`);
    let state = after;
    for (const attempt of attempts) {
      const answer = await sendOne(attempt);
      const now = await stateOf(siteId);
      const changed = changesBetween(state, now);
      if (changed.length > 0) note(attempt, answer, `it changed ${changed.join(", ")} and must not`);
      state = now;
    }
  };

  return {
    stage,
    operation,
    note,
    answerTo,
    async mustTake(attempt) {
      const answer = await answerTo(attempt);
      if (answer.status >= 300) note(attempt, answer, "it has to be taken");
      return answer;
    },
    async mayTake(attempts) {
      if (operation.method === "GET") return unchanging(attempts, answerTo);
      for (const attempt of attempts) {
        const before = await stateBefore(siteId);
        const answer = await answerTo(attempt);
        const changes = answer.status < 400 ? [] : changesBetween(before, await stateOf(siteId));
        if (changes.length > 0) note(attempt, answer, `it is refused and changed ${changes.join(", ")}`);
      }
    },
    mustRefuse: (attempts, ...statuses) =>
      unchanging(attempts, async (attempt) => {
        const answer = await answerTo(attempt);
        if (answer.status < 400) note(attempt, answer, "it has to be refused");
        else if (statuses.length > 0 && !statuses.includes(answer.status))
          note(attempt, answer, `it has to be refused with ${statuses.join(" or ")}`);
        return answer;
      }),
    report() {
      if (findings.size === 0) return undefined;
      const kinds = [...findings].map(([what, found]) => `${what} (${found.length} times)\n${found.slice(0, shownOfAKind).join("\n")}`);
      return `${operation.operationId}, with FC_SEED=${seed}:\n${kinds.join("\n")}`;
    },
  };
}
