// A library that is not the launcher's is refused: it would make each process a world of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { launchers, program, runRanks } from "./launchers.js";

const pairs = launchers.flatMap((launcher) =>
  launchers
    .filter((other) => other !== launcher)
    .map((other) => ({ launcher, other, name: launcher.name, of: other.name })),
);

describe.skipIf(pairs.length === 0).each(pairs)(
  "$name's launcher with the library of $of",
  ({ launcher, other, of }) => {
    test("is refused by every process", async () => {
      const { code, output } = await runRanks(launcher, 2, ["collectives"], {
        env: { MLPCONV_MPI: other.library },
      });
      const command = launcher.command[0]!.replace(/\..*/, "");
      expect(output).toMatch(
        new RegExp(
          `2 processes started by ${command}, but each sees a world of 1: expected the library of ${command}, got ${of}.*unset MLPCONV_MPI`,
        ),
      );
      expect(code).toBe(1);
    });
  },
);

test.skipIf(launchers.length === 0)("a library that cannot be loaded is named, with what to do", async () => {
  const { code, output } = await runRanks(launchers[0]!, 1, ["collectives"], {
    env: { MLPCONV_MPI: "/nowhere/libmpi.so" },
  });
  expect(output).toMatch(
    /started this process as one of 1; expected the library of .*, got none of \/nowhere\/libmpi.so \(/,
  );
  expect(output).toContain("set MLPCONV_MPI to the path of an MPI library, or unset it");
  expect(code).toBe(1);
});

const mpich = launchers.find(({ name }) => name === "MPICH");

test.skipIf(!mpich)("a program of Node between MPICH's launcher and a process is named", async () => {
  const between = `${mkdtempSync(join(tmpdir(), "mlpconv-mpi-"))}/between.mjs`;
  writeFileSync(
    between,
    `import { spawn } from "node:child_process";
    spawn(process.execPath, JSON.parse(process.argv[2]), { stdio: "inherit" }).on("exit", (code) => process.exit(code));`,
  );
  const args = [program, "collectives"];
  const { code, output } = await runRanks(mpich!, 2, [JSON.stringify(args)], { file: between });
  rmSync(dirname(between), { recursive: true });
  expect(output).toMatch(
    /2 processes started by mpiexec, but its connection to this one is closed: .*such as npx/,
  );
  expect(code).not.toBe(0);
});
