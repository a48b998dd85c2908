import { connect, type Socket } from "node:net";
import type { Target } from "./target.ts";

export interface PreparedRequest {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly head: string;
  /** Stored only where the answer is not 2xx. */
  readonly text: string;
}

const headEnd = "\r\n\r\n";
/** What is read at once. */
const readBytes = 256 * 1024;
/** More than the head of any answer has. */
const headBytesMax = 16 * 1024;

/**
 * One keep-alive connection (RFC 9112), which counts an answer's bytes and stores none of a good one: Node's own client takes half as long for an answer
 * of 80 KB as the server does to make it, on the core beside.
 */
export class Connection {
  readonly #target: Target;
  readonly #socket: Socket;
  readonly #ready: Promise<void>;
  #head = "";
  #status = 0;
  /** Bytes of the body still to come; undefined while the head is read. */
  #left: number | undefined;
  #text = "";
  #settle: { readonly resolve: (answer: Answer) => void; readonly reject: (error: Error) => void } | undefined;

  constructor(target: Target) {
    this.#target = target;
    const onread = { buffer: Buffer.allocUnsafe(readBytes), callback: (length: number, bytes: Uint8Array) => this.#read(bytes, length) };
    this.#socket = connect({ ...target.connect, noDelay: true, onread });
    this.#ready = new Promise((resolve, reject) => {
      this.#socket.once("connect", () => resolve());
      this.#socket.once("error", reject);
    });
    // Reported to whoever sends; one that sends nothing need not know.
    this.#ready.catch(() => undefined);
    this.#socket.on("error", (error) => this.#settle?.reject(error));
    this.#socket.on("close", () => this.#settle?.reject(new Error("the connection was closed before the answer was whole")));
  }

  async send({ method, path, headers, body }: PreparedRequest): Promise<Answer> {
    await this.#ready;
    if (this.#socket.destroyed) throw new Error("the connection was closed");
    const { origin, host } = this.#target;
    let head = `${method} ${origin}${path} HTTP/1.1\r\nhost: ${host}\r\n`;
    for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
    if (body !== undefined) head += `content-length: ${body.length}\r\n`;
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#socket.cork();
    this.#socket.write(`${head}\r\n`, "latin1");
    if (body !== undefined) this.#socket.write(body);
    this.#socket.uncork();
    return answer;
  }

  end(): void {
    this.#socket.destroy();
  }

  #read(bytes: Uint8Array, length: number): boolean {
    const read = Buffer.from(bytes.buffer, bytes.byteOffset, length);
    if (this.#left !== undefined) this.#readBody(read);
    else {
      const before = this.#head.length;
      this.#head += read.toString("latin1", 0, headBytesMax);
      const end = this.#head.indexOf(headEnd);
      if (end === -1) return true;
      this.#head = this.#head.slice(0, end).toLowerCase();
      this.#status = Number(this.#head.slice("http/1.1 ".length, "http/1.1 200".length));
      const size = /\r\ncontent-length: *(\d+)/.exec(this.#head)?.[1];
      if (size === undefined && this.#status !== 204) {
        this.#settle?.reject(new Error(`an answer without a length: ${this.#head}`));
        return true;
      }
      this.#left = Number(size ?? 0);
      this.#readBody(read.subarray(end + headEnd.length - before));
    }
    return true;
  }

  #readBody(read: Buffer): void {
    if (this.#status >= 300) this.#text += read.toString("latin1");
    this.#left = (this.#left ?? 0) - read.length;
    if (this.#left > 0) return;
    const answer = { status: this.#status, head: this.#head, text: this.#text };
    this.#left = undefined;
    this.#head = "";
    this.#text = "";
    this.#settle?.resolve(answer);
  }
}
