// One suite, every engine of this machine.
import {
  type Engine,
  type EngineName,
  type EngineStatus,
  engineNames,
  engines,
  useEngine,
} from "@mlpconv/tensor";
import { beforeAll, describe, test } from "vitest";

/**
 * Runs `body`'s tests once on each engine that is usable here, with that engine current. An absent engine is printed as skipped with
 * its reason; when `REQUIRE_ENGINES` names it (`REQUIRE_ENGINES=wasm,native`) its absence is a failing test.
 * `ONLY_ENGINES` leaves out all engines but those that it names. To be awaited at the top of a test file: tests are collected synchronously.
 *
 * @param names leaves out the others; default: all
 */
export const eachEngine = async (
  body: (engine: Engine) => void,
  names: readonly EngineName[] = engineNames,
): Promise<void> => {
  const only = listedEngines("ONLY_ENGINES");
  const statuses = (await engines()).filter(
    ({ name }) => names.includes(name) && (only.length === 0 || only.includes(name)),
  );
  // A file without a test is an error to vitest.
  if (statuses.length === 0) test.skip(`${names.join(", ")}: left out by ONLY_ENGINES`);
  describeEngines(statuses, listedEngines("REQUIRE_ENGINES"), body);
};

/** The engines that an environment variable lists, separated by commas. */
export const listedEngines = (variable: string, list = process.env[variable] ?? ""): EngineName[] =>
  list
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
    .map((name) => {
      const known = engineNames.find((engine) => engine === name);
      if (!known)
        throw new Error(`${variable}: expected names among ${engineNames.join(", ")}, got "${name}"`);
      return known;
    });

/** What to do about each engine: run it, skip it with its reason, or fail. */
export const plan = (
  status: EngineStatus,
  required: readonly EngineName[],
): { action: "run" | "skip" | "fail"; title: string } => {
  if (status.usable) return { action: "run", title: `on ${status.name}` };
  const title = `${status.name} is not usable: ${status.reason}; ${status.fix}`;
  return { action: required.includes(status.name) ? "fail" : "skip", title };
};

const describeEngines = (
  statuses: readonly EngineStatus[],
  required: readonly EngineName[],
  body: (engine: Engine) => void,
): void => {
  for (const status of statuses) {
    const { action, title } = plan(status, required);
    if (status.usable) {
      describe(title, () => {
        beforeAll(async () => {
          await useEngine(status.name);
        });
        body(status);
      });
    } else if (action === "fail") {
      test(title, () => {
        throw new Error(`${title} (REQUIRE_ENGINES asks for it)`);
      });
    } else {
      console.info(`skipped: ${title}`);
      test.skip(title);
    }
  }
};
