// The engine's test suites as they ran on this GPU, each in a process of its own.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Plan } from "./plan.js";
import { suites } from "./suites.js";

/** A suite that hangs takes no time from the others. */
const MOST_MS = 120_000;

export const runSuites = async ({ script, left }: Plan) => {
  const rows = [];
  for (const suite of Object.keys(suites)) {
    const began = performance.now();
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--test-reporter=tap", script(`suites/bundles/${suite}.js`)],
      {
        encoding: "utf8",
        maxBuffer: 1 << 28,
        timeout: Math.min(MOST_MS, left()),
        killSignal: "SIGKILL",
        env: {
          ...process.env,
          ONLY_ENGINES: "webgpu",
          MLPCONV_WEBGPU: process.env.MLPCONV_WEBGPU ?? "nvidia",
        },
      },
    );
    const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, "m").exec(stdout)?.[1] ?? -1);
    const seconds = (performance.now() - began) / 1000;
    const failed = [...stdout.matchAll(/^ *not ok \d+ - (.*)$/gm)].map(([, name]) => name);
    rows.push({
      suite,
      passed: count("pass"),
      failed: count("fail"),
      skipped: count("skipped"),
      seconds,
      failures: failed,
    });
    console.log(
      `${suite}: ${count("pass")} passed, ${count("fail")} failed, ${count("skipped")} skipped, ${seconds.toFixed(1)} s`,
    );
    for (const name of failed.slice(0, 12)) console.log(`  failed: ${name}`);
    mkdirSync(script("logs"), { recursive: true });
    writeFileSync(script(`logs/${suite}.log`), stdout + stderr);
  }
  return { rows };
};
