import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { freshDataFolder, killProcess, startProcess } from "../crash/server-process.ts";

const root = path.resolve(import.meta.dirname, "../..");
const folder = path.join(root, "docs/guides");
const guides = readdirSync(folder).filter((name) => name.endsWith(".md") && name !== "README.md");

interface Step {
  /** Where the block stands, to be found again: `docs/guides/wallet.md:12`. */
  readonly at: string;
  readonly commands: string;
  readonly prints: string;
}

for (const guide of guides) {
  test(`docs/guides/${guide}, pasted into a shell beside a fresh server, prints what it shows`, { timeout: 180_000 }, async () => {
    const steps = stepsOf(guide);
    const data = await freshDataFolder();
    const server = await startProcess(data.dataDir);
    try {
      const printed = await run(steps, data.dataDir);
      for (const [index, step] of steps.entries()) {
        const output = printed[index];
        assert.ok(output !== undefined, `${step.at}: the guide had ended before. Its last words:\n${printed.at(-1)}`);
        assert.equal(output, shownAs(output, step.prints), `${step.at} prints something else`);
      }
    } finally {
      await killProcess(server, true);
      await data.remove();
    }
  });
}

test("every guide is listed in the guides' README, and the README leads to it", () => {
  const listed = [...readFileSync(path.join(folder, "README.md"), "utf8").matchAll(/\]\(([a-z-]+\.md)\)/g)].map((match) => match[1]);
  assert.deepEqual(listed.toSorted(), guides.toSorted());
  const readme = readFileSync(path.join(root, "README.md"), "utf8");
  for (const guide of guides) assert.ok(readme.includes(`docs/guides/${guide}`), guide);
});

/** The `sh` blocks, each with the `text` block beneath it. A block in another language would be one that nobody runs. */
function stepsOf(guide: string): readonly Step[] {
  const page = readFileSync(path.join(folder, guide), "utf8");
  const steps: Step[] = [];
  for (const block of page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)) {
    const [, language, body = ""] = block;
    const at = `docs/guides/${guide}:${page.slice(0, block.index).split("\n").length}`;
    const last = steps.at(-1);
    if (language === "sh") steps.push({ at, commands: body, prints: "" });
    else if (language === "text" && last?.prints === "") steps[steps.length - 1] = { ...last, prints: body.trimEnd() };
    else assert.fail(`${at}: a block is sh, or the text that the sh block above it prints`);
  }
  assert.ok(steps.length > 0, `${guide} has no steps`);
  return steps;
}

/** Runs all steps in one shell, which ends at the first command that fails. Resolves to what each printed. */
async function run(steps: readonly Step[], dataDir: string): Promise<readonly string[]> {
  const mark = "──── next step";
  const script = steps.map(({ commands }) => `echo '${mark}'\n${commands}`).join("");
  const shell = spawn("bash", ["-eo", "pipefail", "-c", `exec 2>&1\n${script}`], {
    cwd: root,
    env: { ...process.env, COUNTINGHOUSE_DATA: dataDir },
    stdio: ["ignore", "pipe", "inherit"],
    timeout: 120_000,
  });
  let output = "";
  shell.stdout.setEncoding("utf8").on("data", (chunk: string) => (output += chunk));
  const [code] = await once(shell, "close");
  const printed = output
    .split(`${mark}\n`)
    .slice(1)
    .map((text) => text.trimEnd());
  assert.equal(code, 0, `${steps[printed.length - 1]?.at} fails:\n${printed.at(-1)}`);
  return printed;
}

/** The shown text with what it leaves open taken from the output, so that the two differ in what is wrong alone. */
function shownAs(output: string, shown: string): string {
  const lines = output.split("\n");
  return shown
    .split("\n")
    .map((line, index) => (lines[index] !== undefined && matches(line, lines[index]) ? lines[index] : line))
    .join("\n");
}

/** `…` is one word. Columns are as wide as their widest word, so that how many spaces there are says nothing. */
function matches(shown: string, printed: string): boolean {
  const literally = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const words = shown.split(/\s+/).map((word) => word.split("…").map(literally).join("\\S+"));
  return new RegExp(`^${words.join("\\s+")}$`).test(printed);
}
