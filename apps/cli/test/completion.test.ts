// The completion scripts: what bash really completes, and that the others name the same commands and flags.
import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { compareCommands } from "@mlpconv/compare";
import { createProgram } from "@mlpconv/programs";
import { trainCommands } from "@mlpconv/train";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { operandsOf, readWords, valuesOf } from "../src/completion/words.js";
import { completionCommand } from "../src/completion-command.js";
import { run } from "./program.js";

const program = createProgram("npx mlpconv");
for (const command of [...trainCommands(), ...compareCommands("main.js"), completionCommand(program)])
  program.addCommand(command);
const commands = readWords(program);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "mlpconv-completion-"));
  mkdirSync(join(folder, "runs", "try-1"), { recursive: true });
  mkdirSync(join(folder, "runs", "other"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("what is known of flags and operands is of flags and commands that are there", () => {
  const flags = commands.flatMap((command) => command.flags.map(({ flag }) => flag));
  expect(Object.keys(valuesOf).filter((flag) => !flags.includes(flag))).toEqual([]);
  const names = commands.map(({ name }) => name);
  expect(Object.keys(operandsOf).filter((name) => !names.includes(name))).toEqual([]);
});

const has = (shell: string) => {
  try {
    execFileSync(shell, ["-c", "true"]);
    return true;
  } catch {
    return false;
  }
};

describe.skipIf(process.platform === "win32" || !has("bash"))("bash", () => {
  /** What bash offers at the end of a line. */
  const offered = async (line: string): Promise<string[]> => {
    const words = line.split(" ");
    const script = `eval "$(cat script)"; COMP_WORDS=(${words.map((word) => `"${word}"`).join(" ")}); COMP_CWORD=${words.length - 1}
      _mlpconv; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const { stdout } = await promisify(execFile)("bash", ["-c", script], { cwd: folder });
    return stdout.split("\n").filter(Boolean);
  };

  beforeAll(async () => {
    const { stdout, code } = await run("completion bash", folder);
    expect(code).toBe(0);
    writeFileSync(join(folder, "script"), stdout);
  });

  it.each([
    ["mlpconv ex", ["export"]],
    ["mlpconv train --ep", ["--epochs"]],
    ["mlpconv train --model v", ["vgg11", "vgg13", "vgg16", "vgg19"]],
    ["mlpconv compare --preset ", ["quick", "d2l", "best"]],
    ["mlpconv evaluate --run t", ["try-1"]],
    ["mlpconv report o", ["other"]],
    ["mlpconv train --lr ", []],
  ])("completes %j", async (line, words) => expect(await offered(line)).toEqual(words));
});

describe.each(["zsh", "fish"])("%s", (shell) => {
  it("names every command and flag, and is whole", async () => {
    const { stdout, code } = await run(`completion ${shell}`, folder);
    expect(code).toBe(0);
    for (const { name, flags } of commands) {
      expect(stdout).toContain(name);
      for (const { flag } of flags) expect(stdout).toContain(shell === "fish" ? `-l ${flag.slice(2)}` : flag);
    }
    // Read, not run.
    if (has(shell)) {
      writeFileSync(join(folder, shell), stdout);
      execFileSync(shell, ["-n", join(folder, shell)]);
    }
  });
});

test("another shell is wrong usage", async () => {
  const { code, stderr } = await run("completion powershell", folder);
  expect(code).toBe(2);
  expect(stderr).toContain("expected the shell to be one of bash, fish, zsh");
});
