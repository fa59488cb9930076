// Writes measurements to files whose names and contents state what was measured, on which machine and with which versions.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

interface Machine {
  cpu: string;
  cores: number;
  node: string;
  platform: string;
}

const machine = (): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? "unknown CPU",
  cores: cpus().length,
  node: process.versions.node,
  platform: `${process.platform}-${process.arch}`,
});

export const slug = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, "-")
    .replace(/^-|-$/g, "");

/** Path of a file of results: results/<kind>-<what>-<cpu>-<cores>core-node<version>[-<peer>].json */
const pathOf = (kind: string, what: string, peer: string | undefined, on: Machine): string => {
  const name = [kind, what, slug(on.cpu), `${on.cores}core`, `node${on.node}`, peer && slug(peer)];
  return join("results", `${name.filter(Boolean).join("-")}.json`);
};

/** JSON with a list of numbers on one line. */
const formatted = (value: object): string =>
  JSON.stringify(value, null, 2).replace(/\[[\d\s.,e+-]+\]/g, (list) =>
    list.replace(/\s+/g, " ").replace("[ ", "[").replace(" ]", "]"),
  );

/** Writes results under a name that states the measurement, machine and peer, and returns the path. */
export const writeResults = (
  kind: string,
  what: string,
  peer: string | undefined,
  figures: object,
): string => {
  const on = machine();
  const path = pathOf(kind, what, peer, on);
  mkdirSync("results", { recursive: true });
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(path, `${formatted({ kind, date, machine: on, ...figures })}\n`);
  return path;
};

/** Results of an earlier run on a machine of this kind; undefined if there are none. */
export const readResults = <Figures>(kind: string, what: string): Figures | undefined => {
  const path = pathOf(kind, what, undefined, machine());
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Figures) : undefined;
};
