// apt and dpkg-deb played by scripts: what is kept, and how every failure reads.
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  folderWith,
  IMAGES,
  placesWith,
  plain,
  requestWith,
  temporaryFolder,
  zipped,
} from "../../test/fake-files.js";
import { findData } from "./find-data.js";

/** A program in sh, which is what apt's systems have. */
const script = (body: string): string => {
  const path = join(temporaryFolder(), "program");
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
};

/** Stands for dpkg-deb: unpacks the "package", which is the name of a folder. */
const dpkgDeb = () =>
  script('mkdir -p "$3/usr/share/datasets" && cp -r "$(cat "$2")" "$3/usr/share/datasets/fashion-mnist"');

/** Stands for apt-get, with what it does when it updates and when it downloads. */
const aptGet = (update: string, download: string) =>
  script(`case "$*" in *update*) ${update} ;; *download\\ dataset-fashion-mnist) ${download} ;; esac`);

const packageOf = (folder: string) => `printf %s '${folder}' > dataset-fashion-mnist_1_all.deb`;

describe.skipIf(process.platform === "win32")("apt as a mirror", () => {
  it("fills the cache with the package's files, with private folders, and removes the rest", async () => {
    const log = join(temporaryFolder(), "log");
    const apt = {
      aptGet: aptGet(`printf '%s\\n' "$@" > '${log}'`, packageOf(folderWith())),
      dpkgDeb: dpkgDeb(),
    };
    const places = placesWith({ apt });
    const { train } = await findData(requestWith(), places);
    expect(Buffer.compare(train.images, plain.get("train-images-idx3-ubyte")!.subarray(16))).toBe(0);
    expect(readdirSync(places.cache!).sort()).toEqual([...zipped.keys()].sort());
    const args = readFileSync(log, "utf8");
    expect(args).toContain(`Dir::State::Lists=${places.cache}`);
    expect(args).toContain(`Dir::Cache=${places.cache}`);
  });

  it("goes on when one of many package sources cannot be updated", async () => {
    const apt = { aptGet: aptGet("exit 100", packageOf(folderWith())), dpkgDeb: dpkgDeb() };
    await expect(findData(requestWith(), placesWith({ apt }))).resolves.toBeDefined();
  });

  it("has the data in memory when the cache cannot be written", async () => {
    const apt = { aptGet: aptGet("", packageOf(folderWith())), dpkgDeb: dpkgDeb() };
    const request = requestWith();
    await findData(request, placesWith({ apt, cache: undefined }));
    expect(request.events.filter(({ type }) => type === "warning")).toHaveLength(1);
  });

  it("removes what a killed process left in the cache", async () => {
    const apt = { aptGet: aptGet("", packageOf(folderWith())), dpkgDeb: dpkgDeb() };
    const places = placesWith({ apt });
    mkdirSync(join(places.cache!, "apt-left", "lists"), { recursive: true });
    cpSync(folderWith(), join(places.cache!, "apt-left", "x"), { recursive: true });
    await findData(requestWith(), places);
    expect(existsSync(join(places.cache!, "apt-left"))).toBe(false);
  });

  const good = () => ({ aptGet: aptGet("", packageOf(folderWith())), dpkgDeb: dpkgDeb() });
  const missing = "/no/such/apt-get";
  const failures: [string, () => { aptGet: string; dpkgDeb: string }, string][] = [
    ["is not there", () => ({ ...good(), aptGet: missing }), `apt: ${missing} is not installed`],
    ["has no dpkg-deb", () => ({ ...good(), dpkgDeb: missing }), `apt: ${missing} is not installed`],
    [
      "does not know the package",
      () => ({
        ...good(),
        aptGet: aptGet("", "echo 'W: old' >&2; echo 'E: Unable to locate' >&2; exit 100"),
      }),
      "download: E: Unable to locate",
    ],
    [
      "cannot update",
      () => ({ ...good(), aptGet: aptGet("echo 'E: no network' >&2; exit 100", "exit 100") }),
      "update: E: no network",
    ],
    [
      "never ends",
      () => ({ ...good(), aptGet: aptGet("sleep 20", "exit 1") }),
      "update: not finished within 0.5 s",
    ],
    [
      "gives no package",
      () => ({ ...good(), aptGet: aptGet("", "exit 0") }),
      "download: expected a .deb file, got none",
    ],
    [
      "gives another package's files",
      () => ({ ...good(), aptGet: aptGet("", packageOf(folderWith({ [IMAGES]: Buffer.from("other") }))) }),
      `${IMAGES}: expected gzip of 224016 bytes, got a damaged file`,
    ],
  ];
  it.each(failures)("that %s is one more reason in the error", async (_, apt, words) => {
    const places = placesWith({ apt: apt() });
    places.limits.command = 500;
    const started = performance.now();
    await expect(findData(requestWith(), places)).rejects.toThrow(words);
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(readdirSync(places.cache!)).toEqual([]);
  });

  it("stops when the signal says so, with its reason", async () => {
    const controller = new AbortController();
    const places = placesWith({ apt: { ...good(), aptGet: aptGet("sleep 20", "exit 1") } });
    const promise = findData(requestWith({ signal: controller.signal }), places);
    const reason = new Error("enough");
    setTimeout(() => controller.abort(reason), 300);
    await expect(promise).rejects.toBe(reason);
    expect(readdirSync(places.cache!)).toEqual([]);
  });
});
