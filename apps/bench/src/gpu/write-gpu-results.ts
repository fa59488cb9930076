// Writes a GPU's results to files whose names and contents state the GPU and all versions.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { slug } from "../results.js";
import type { Adapter } from "./driver.js";

export interface Machine extends Adapter {
  dawn: string;
  node: string;
}

/** <folder>/<kind>-webgpu-<gpu>-<driver>-dawn<version>-node<version>[-<peer>].json */
export const writeGpuResults = (
  folder: string,
  kind: string,
  machine: Machine,
  peer: string | undefined,
  figures: object,
): void => {
  const { gpu, driver, dawn, node } = machine;
  const name = [kind, "webgpu", slug(gpu), slug(driver), `dawn${dawn}`, `node${node}`, peer && slug(peer)];
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name.filter(Boolean).join("-")}.json`);
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(path, `${JSON.stringify({ kind, date, machine, ...figures }, null, 2)}\n`);
  console.log(`written to ${path}`);
};
