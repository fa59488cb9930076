// The completion scripts: what each shell that is here really offers.
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { createProgram } from "@mlpconv/cli-kit";
import { compareCommands } from "@mlpconv/compare";
import { playgroundCommands } from "@mlpconv/playground";
import { trainCommands } from "@mlpconv/train";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { readWords } from "../src/completion/words.js";
import { completionCommand } from "../src/completion-command.js";
import { run } from "./program.js";

const program = createProgram("npx mlpconv");
const mounted = [...trainCommands(), ...compareCommands("main.js"), ...playgroundCommands()];
for (const command of [...mounted, completionCommand(program)]) program.addCommand(command);
const commands = readWords(program);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mlpconv-completion-"));
  mkdirSync(join(folder, "runs", "try-1"), { recursive: true });
  mkdirSync(join(folder, "runs", "other"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const has = (shell: string) => {
  try {
    execFileSync(shell, ["-c", "true"]);
    return true;
  } catch {
    return false;
  }
};

const start = promisify(execFile);
const lines = (text: string) => text.split("\n").filter(Boolean);

/** What a shell that has read its script offers at the end of a line. */
const offers: Record<string, (line: string) => Promise<string[]>> = {
  bash: async (line) => {
    const words = line.split(" ");
    const script = `eval "$(cat script)"; COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}
      _mlpconv; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return lines((await start("bash", ["-c", script], { cwd: folder })).stdout);
  },
  fish: async (line) => {
    const script = "source script; complete --do-complete $argv[1]";
    const { stdout } = await start("fish", ["--no-config", "-c", script, line], { cwd: folder });
    return lines(stdout).map((offer) => offer.split("\t")[0]!);
  },
  zsh: async (line) => {
    const { stdout } = await start("zsh", ["-f", resolve("test/offer.zsh"), line], { cwd: folder });
    return [...stdout.matchAll(/<(\S+)>/g)].map(([, offer]) => offer!);
  },
};

describe.each(Object.keys(offers))("%s", (shell) => {
  beforeAll(async () => {
    const { stdout, code } = await run(`completion ${shell}`, folder);
    expect(code).toBe(0);
    writeFileSync(join(folder, "script"), stdout);
  });

  it("has every command and flag in its script", () => {
    const script = readFileSync(join(folder, "script"), "utf8");
    for (const { name, flags } of commands) {
      expect(script).toContain(name);
      for (const { flag } of flags) expect(script).toContain(shell === "fish" ? `-l ${flag.slice(2)}` : flag);
    }
  });

  it.skipIf(process.platform === "win32" || !has(shell)).each([
    ["mlpconv ex", ["export"]],
    ["mlpconv train --ep", ["--epochs"]],
    ["mlpconv train --model v", ["vgg11", "vgg13", "vgg16", "vgg19"]],
    ["mlpconv compare --preset ", ["best", "d2l", "pictures", "quick"]],
    ["mlpconv evaluate --run t", ["try-1"]],
    ["mlpconv report o", ["other"]],
    ["mlpconv train --lr ", []],
  ])("completes %j", async (line, words) =>
    // A shell may ask for its matches more than once, and sorts them as it likes.
    expect([...new Set(await offers[shell]!(line))].toSorted()).toEqual(words),
  );
});

test("an unknown shell is wrong usage", async () => {
  const { code, stderr } = await run("completion powershell", folder);
  expect(code).toBe(2);
  expect(stderr).toContain("expected the shell to be one of bash, fish, zsh");
});
