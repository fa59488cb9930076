// Every kernel of tfjs's own wasm backend is measured, and what the rows say.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { UsageError } from "@mlpconv/cli-kit";
import { tf } from "@mlpconv/tensor";
import { expect, test } from "vitest";
import { benchOps } from "./bench-ops.js";
import { kernelOf, operations } from "./operations.js";
import { opRows, summary } from "./rows.js";
import { stockKernels } from "./stock-backend.js";

test("there is an operation for each kernel that tfjs's own wasm backend registers, and for no other", async () => {
  await tf.setBackend("cpu");
  const measured = tf.tidy(() => Object.keys(operations()).map(kernelOf));
  expect([...new Set(measured)].toSorted()).toEqual(stockKernels().toSorted());
});

test("rows have the least times and the median ratio, the slowest first", () => {
  const rows = opRows(
    ["Add", "Max", "Mod"],
    [
      {
        stock: { Add: 2, Max: 1, Mod: 1 },
        ours: { Add: 1, Max: 3, Mod: 1 },
        allThreads: { Add: 1, Max: 2, Mod: 1 },
      },
      {
        stock: { Add: 4, Max: 1, Mod: 1 },
        ours: { Add: 1, Max: 2, Mod: 1 },
        allThreads: { Add: 1, Max: 1, Mod: 1 },
      },
      {
        stock: { Add: 4, Max: 2, Mod: 1 },
        ours: { Add: 2, Max: 4, Mod: 1 },
        allThreads: { Add: 1, Max: 3, Mod: 1 },
      },
    ],
  );
  expect(
    rows.map(({ operation, stock, ours, allThreads, ratio }) => [operation, stock, ours, allThreads, ratio]),
  ).toEqual([
    ["Max", 1, 2, 1, 2],
    ["Mod", 1, 1, 1, 1],
    ["Add", 2, 1, 1, 0.5],
  ]);
  expect(summary(rows)).toMatchObject({ faster: 1, equal: 1, slower: [{ operation: "Max" }], failed: [] });
});

test("an operation that fails on one side has no ratio", () => {
  const [row] = opRows(
    ["Add"],
    [{ stock: { Add: "no such kernel" }, ours: { Add: 1 }, allThreads: { Add: 1 } }],
  );
  expect(row).toEqual({ operation: "Add", stock: "no such kernel", ours: 1, allThreads: 1 });
  expect(summary([row!]).failed).toHaveLength(1);
});

const bench = (...words: string[]) => {
  const program = fileURLToPath(new URL("../main.ts", import.meta.url));
  const flags = ["--conditions=@mlpconv/source", "--expose-gc", "--import", "tsx"];
  return spawnSync(process.execPath, [...flags, program, "ops", "--quick", ...words], { encoding: "utf8" });
};

test("`bench ops --quick --only Max` prints a line for each way to call it", { timeout: 60_000 }, () => {
  const { stdout, status } = bench("--only", "Max");
  expect(stdout).toMatch(/^Max int32 +\d+\.\d{3} +\d+\.\d{3} +\d+\.\d{3} +\d+\.\d\d$/m);
  expect(stdout).toMatch(/^\d faster, \d equal, \d slower, 0 failed$/m);
  expect(status).toBe(0);
});

test("`bench ops --only` refuses a name that no kernel has", async () => {
  const asked = benchOps({ only: ["Foo"], rounds: 1, quick: true });
  await expect(asked).rejects.toThrow(UsageError);
  await expect(asked).rejects.toThrow(
    "bench ops: expected names of tfjs's kernels, as in `--only Max TopK`, got Foo",
  );
});
