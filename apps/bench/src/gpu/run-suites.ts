// Runs the engine's test suites on this GPU, each in its own process, and collects their results.
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import type { Plan } from "./plan.js";
import { suites } from "./suites.js";

/** Time limit of a suite in milliseconds. */
const MOST_MS = 80_000;

/** All run at the same time, because they mostly wait for the driver's compiler. */
export const runSuites = async (plan: Plan) => ({
  rows: await Promise.all(Object.keys(suites).map((suite) => runSuite(suite, plan))),
});

const runSuite = async (suite: string, { packFile, timeLeft }: Plan) => {
  const began = performance.now();
  const [stdout, stderr] = await new Promise<[string, string]>((resolve) => {
    execFile(
      process.execPath,
      ["--test-reporter=tap", packFile(`suites/bundles/${suite}.js`)],
      {
        maxBuffer: 1 << 28,
        timeout: Math.min(MOST_MS, timeLeft()),
        killSignal: "SIGKILL",
        env: {
          ...process.env,
          ONLY_ENGINES: "webgpu",
          MLPCONV_WEBGPU: process.env.MLPCONV_WEBGPU ?? "nvidia",
        },
      },
      (_, out, err) => resolve([out, err]),
    );
  });
  mkdirSync(packFile("logs"), { recursive: true });
  writeFileSync(packFile(`logs/${suite}.log`), stdout + stderr);
  const seconds = (performance.now() - began) / 1000;
  const passed = stdout.match(/^ +ok /gm)?.length ?? 0;
  const skipped = stdout.match(/^ +ok .*# SKIP/gm)?.length ?? 0;
  const failures = [...stdout.matchAll(/^ +not ok \d+ - (.*)$/gm)].map(([, name]) => name!);
  const finished = /^# tests /m.test(stdout);
  console.log(
    `${suite}: ${passed - skipped} passed, ${failures.length} failed, ${skipped} skipped${finished ? "" : ", cut off"}, ${seconds.toFixed(1)} s`,
  );
  for (const name of failures.slice(0, 12)) console.log(`  failed: ${name}`);
  return { suite, passed: passed - skipped, failed: failures.length, skipped, finished, seconds, failures };
};
