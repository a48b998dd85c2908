import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "./server.ts";

// Asked of the built Worker itself, so that what is committed is what is served.
const dataDir = await mkdtemp(join(tmpdir(), "countinghouse-openapi-"));
try {
  const server = await startServer({ dataDir, port: 0 });
  try {
    const answer = await fetch(`${server.baseUrl}/api/openapi.json`);
    if (!answer.ok) throw new Error(`The document is answered with ${answer.status}: ${await answer.text()}`);
    const text = JSON.stringify(await answer.json(), null, 2);
    await writeFile(join(import.meta.dirname, "../../docs/openapi.json"), `${text}\n`);
  } finally {
    await server.stop();
  }
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
