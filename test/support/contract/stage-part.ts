import type { Answer, Api, Site } from "../site.ts";
import type { ApiDocument, Operation } from "./api-document.ts";

/** A site in which every operation has something to work on. */
export interface Stage {
  readonly document: ApiDocument;
  readonly site: Site;
  /** Its OWNER's. */
  readonly api: Api;
  readonly siteId: string;
  /** A company with a chart and a few entries. */
  readonly entityId: string;
  readonly ledgerId: string;
  readonly accountId: string;
  /** Another company of the same site, which is none of the calls'. */
  readonly otherEntityId: string;
  /** A key that is restricted to it. */
  readonly restricted: Api;
}

/** A request that can be sent as it is, by whom it may concern. */
export interface Call {
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
  readonly query: readonly (readonly [string, string])[];
  /** `null` leaves a header out that would be there otherwise. */
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: unknown;
  /** In place of the body. */
  readonly text?: string;
  /** Whether the path names something that belongs to the stage's company. */
  readonly namesBooks: boolean;
  /** Whose it is, where no other key of the OWNER's will do. */
  readonly by?: Api;
}

/** What a feature's part of the stage may have done in it. */
export interface Hands {
  /** Makes a thing by operations: the first makes it, each of the others works on it. */
  readonly make: (stage: Stage, steps: readonly string[]) => Promise<Made>;
  /** Writes something that is no operation's valid call, with the OWNER's key and an idempotency key of its own. */
  readonly post: (stage: Stage, path: string, body: unknown) => Promise<Answer>;
  /** Sends an operation's valid call with the OWNER's key. */
  readonly send: (stage: Stage, operationId: string) => Promise<{ readonly call: Call; readonly answer: Answer }>;
}

export interface Made {
  readonly id: string;
  /** Whether it belongs to the stage's company. */
  readonly isOfBooks: boolean;
}

/** What the contract test has to know of a feature beyond what the document says. */
export interface StagePart {
  /**
   * Real things, by the name of the field or parameter that takes them. An operation that takes a new kind of thing needs its line,
   * unless its path is that of a collection that has a POST: then one is made for every call.
   */
  readonly things?: Readonly<Record<string, (stage: Stage) => unknown>>;
  /** Names of ids that stay as they are, because nothing that they could name exists yet. */
  readonly unreadIds?: readonly string[];
  /**
   * What makes the thing that a path names, where that is not the POST of its collection alone: by operation or by the collection's path.
   * The first makes it, each of the others works on it. A function makes what no operation answers the id of.
   */
  readonly makers?: Readonly<Record<string, readonly string[] | ((stage: Stage, hands: Hands) => Promise<Made>)>>;
  /**
   * Bodies in place of the document's example, or more than it: where it works once in a site, takes too long to be sent a hundred times,
   * or shows one form of several. The first is what makes things; every one is tried, and has its fields varied.
   */
  readonly bodies?: Readonly<
    Record<string, (stage: Stage, example: unknown, hands: Hands) => readonly unknown[] | Promise<readonly unknown[]>>
  >;
  /** What a parameter of a query is sent with, where it means nothing alone: by operation and parameter. */
  readonly queryBeside?: Readonly<Record<string, Readonly<Record<string, readonly (readonly [string, string])[]>>>>;
  /** Who sends an operation, where it is not the OWNER's key: made for every call. */
  readonly callers?: Readonly<Record<string, (stage: Stage, hands: Hands) => Promise<Api>>>;
  /** Operations that answer for each item of their body: an id that nobody has is one item's refusal, not the request's. */
  readonly answeringEach?: readonly string[];
  /** Operations that end the session they came with: nobody is left who could repeat them. */
  readonly endingTheirCaller?: readonly string[];
  /** Operations that a live site refuses. */
  readonly ofSandboxes?: readonly string[];
}

/** In a body it stands for a number that no other call of the run has. */
export const ownNumber = "0N0";
