import type { CheckRpc } from "../checks/checks-of-all.ts";
import type { Slice } from "./hand-over.ts";

/** What the objects of a ledger's generations ask of each other. */
export interface GenerationRpc extends CheckRpc {
  earlier(question: string): Promise<string>;
  handOver(cursor: string): Promise<Slice>;
  handedOver(): Promise<void>;
  takeOver(previous: string): Promise<"open" | "going_on">;
  closed(): Promise<string>;
}

/** What a generation's object has around it. */
export interface Surroundings {
  /** Its own id. */
  readonly id: string;
  readonly objectOf: (id: string) => GenerationRpc;
  /** Where archives go; none where the installation has no bucket. */
  readonly bucket: R2Bucket | undefined;
}
