// Runs the commands of a README's ```sh blocks, one by one, as a reader would: node scripts/run-readme.mjs README.md
// A training that is given a name has to learn, within a minute.
// Cloning is left out (this is the clone), and so is the test command (it is run by itself, and runs everything else).
import { spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

const text = readFileSync(process.argv[2], "utf8");
const commands = [...text.matchAll(/^```sh\n(.*?)^```$/gms)]
  .flatMap(([, block]) => block.split("\n"))
  .map((line) => line.replace(/\s+#.*$/, "").trim())
  .filter((line) => line && !/^(git clone|cd|npm install) | test$/.test(line));

if (commands.length === 0) throw new Error(`${process.argv[2]}: expected commands in sh blocks, found none`);

// A run of a name that the README gives must not be there from the last time.
for (const command of commands) {
  const run = /--run (\S+)/.exec(command)?.[1];
  if (run) rmSync(`runs/${run}`, { recursive: true, force: true });
}

/** What is wrong with a named training that ended, if anything. */
const trainingProblem = (command, seconds) => {
  const run = / train .*--run (\S+)/.exec(command)?.[1];
  if (!run) return undefined;
  const { testAccuracy } = JSON.parse(readFileSync(`runs/${run}/summary.json`, "utf8"));
  // Chance is 0.1.
  if (!(testAccuracy > 0.5)) return `expected a test accuracy above 0.5, got ${testAccuracy}`;
  if (seconds > 60) return `expected it to end within 60 s, got ${seconds.toFixed(0)} s`;
  return undefined;
};

let failed = 0;
for (const command of commands) {
  console.log(`$ ${command}`);
  const from = performance.now();
  const { status } = spawnSync(command, { shell: true, stdio: ["ignore", "inherit", "inherit"] });
  console.log(
    `  ${status === 0 ? "done" : `failed with ${status}`} after ${((performance.now() - from) / 1000).toFixed(1)} s`,
  );
  const problem = status === 0 && trainingProblem(command, (performance.now() - from) / 1000);
  if (problem) console.log(`  ${problem}`);
  if (status !== 0 || problem) failed++;
}
// The same form as the test runner's, so that a count of all tests includes these.
console.log(
  ` Tests  ${failed ? `${failed} failed | ` : ""}${commands.length - failed} passed (${commands.length})`,
);
process.exit(failed ? 1 : 0);
