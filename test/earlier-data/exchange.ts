/** A request as it was sent: any later build is sent the same bytes. */
export interface Asked {
  /** What it asks, unique in its fixture: `expected-differences.json` names it. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Exchange {
  readonly asked: Asked;
  readonly answered: Answered;
}

/** Headers that are not compared, each with its reason. */
const headersLeftOut: Readonly<Record<string, string>> = {
  connection: "the connection's",
  "content-encoding": "the connection's",
  "content-length": "the connection's; the body itself is compared",
  date: "when it was answered",
  "keep-alive": "the connection's",
  "transfer-encoding": "the connection's",
  "x-bookmark": "the state of the database, counted anew for each run",
  "x-ratelimit-remaining": "how fast the requests came",
  "x-ratelimit-reset": "when it was answered",
  "x-request-id": "drawn for each request",
};

export async function ask(baseUrl: string, { method, path, headers, body }: Asked): Promise<Answered> {
  const response = await fetch(`${baseUrl}${path}`, { method, headers, ...(body !== undefined && { body }), redirect: "manual" });
  const compared = [...response.headers].filter(([name]) => !Object.hasOwn(headersLeftOut, name));
  return { status: response.status, headers: Object.fromEntries(compared.sort()), body: await response.text() };
}
