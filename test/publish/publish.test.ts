// What a stranger gets: all packages are versioned and published, to a registry on this machine, and installed by name in empty folders
// outside the workspace, where they are type-checked, train, and run in a browser.
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gunzipSync } from "node:zlib";
import sharp from "sharp";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publicPackages } from "../../scripts/public-packages.js";
import { chromiumPath } from "../chromium.js";
import { nightly } from "../nightly.js";
import { bundle, titleOf } from "./browser.js";
import { command, lastLine, type Place, started } from "./commands.js";
import { followGuide, pageSays } from "./five-minutes.js";
import { type Registry, startRegistry } from "./registry.js";
import { type Released, release } from "./release.js";

const majorBefore = JSON.parse(readFileSync("packages/tensor/package.json", "utf8")).version.split(".")[0];
const folder = mkdtempSync(join(tmpdir(), "mlpconv-publish-"));
const home = join(folder, "home");
const catalog = readFileSync("pnpm-workspace.yaml", "utf8");
const tfjs = `@tensorflow/tfjs@${/"@tensorflow\/tfjs": (\S+)/.exec(catalog)![1]}`;
const libraries = ["tensor", "models", "datasets", "trainer", "weights"].map((name) => `@mlpconv/${name}`);
const engines = ["@mlpconv/engine-native", "@mlpconv/engine-wasm"];

const data = "/usr/share/datasets/fashion-mnist";
const hasData = existsSync(data);

/** Why it cannot be tried here, if so. */
const obstacle = (): string | undefined => {
  // A release has the kernels of every platform, built on each; only this one's can be built here.
  if (process.platform !== "linux" || process.arch !== "x64") return "not linux-x64";
  try {
    execFileSync("npm", ["view", tfjs, "version"], { timeout: 60_000, stdio: "ignore" });
  } catch {
    return "no package registry to install @tensorflow/tfjs from";
  }
  return undefined;
};
const why = obstacle();
if (why) console.info(`skipped: ${why}`);

/** An app in an empty folder, with these packages by their names. */
const app = async (name: string, manager: "npm" | "pnpm", packages: readonly string[]): Promise<Place> => {
  const place = { cwd: join(folder, name), home };
  mkdirSync(place.cwd);
  writeFileSync(join(place.cwd, "package.json"), JSON.stringify({ private: true, type: "module" }));
  // pnpm waits a day before it takes what was just published, and fails until it is told of every install script: none is needed.
  const settings = "minimumReleaseAge: 0\nallowBuilds: { core-js: false, koffi: false }\n";
  if (manager === "pnpm") writeFileSync(join(place.cwd, "pnpm-workspace.yaml"), settings);
  const flags = manager === "npm" ? ["install", "--no-audit", "--no-fund"] : ["add"];
  await command(place, manager, [...flags, ...packages]);
  return place;
};

/** Puts a program there, as TypeScript and as the JavaScript that Node runs. */
const write = ({ cwd }: Place, name: string): void => {
  const source = readFileSync(join("test/publish/programs", `${name}.ts`), "utf8");
  writeFileSync(join(cwd, `${name}.ts`), source);
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  writeFileSync(join(cwd, `${name}.js`), ts.transpileModule(source, { compilerOptions }).outputText);
};

const start = async (place: Place, name: string) => {
  write(place, name);
  return lastLine(await command(place, process.execPath, [`${name}.js`]));
};

const check = async (place: Place, name: string, resolution: "node16" | "bundler") => {
  write(place, name);
  const language = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2022", "--lib", "es2023,dom"];
  const modules = [
    "--module",
    resolution === "node16" ? "node16" : "preserve",
    "--moduleResolution",
    resolution,
  ];
  const nodes = ["--types", "node", "--typeRoots", resolve("node_modules/@types")];
  const tsc = resolve("node_modules/typescript/bin/tsc");
  await command(place, process.execPath, [
    tsc,
    "--ignoreConfig",
    ...language,
    ...modules,
    ...nodes,
    `${name}.ts`,
  ]);
};

describe.skipIf(why)("published", () => {
  let registry: Registry;
  let released: Released[];

  beforeAll(async () => {
    const clone = { cwd: join(folder, "clone"), home: join(folder, "publisher") };
    for (const path of [home, clone.cwd, clone.home]) mkdirSync(path);
    registry = await startRegistry(join(folder, "registry"));
    writeFileSync(join(home, ".npmrc"), registry.npmrc);
    writeFileSync(join(clone.home, ".npmrc"), registry.publisherNpmrc);
    released = await release(clone);
  });
  afterAll(async () => {
    await registry?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  test("every public package is published, all in one version, with its changelog", async () => {
    expect(released.map(({ name }) => name)).toEqual(publicPackages().map(({ name }) => name));
    const versions = new Set(released.map(({ version }) => version));
    expect([...versions]).toHaveLength(1);
    expect([...versions]).not.toContain("0.0.0");
    // A peer that leaves its range would make it a major release, whatever the changesets say.
    const changesets = readdirSync(".changeset").filter((name) => name.endsWith(".md"));
    const wanted = changesets.some((name) => / major$/m.test(readFileSync(join(".changeset", name), "utf8")));
    expect(!released[0]!.version.startsWith(`${majorBefore}.`)).toBe(wanted);
    for (const { name, version, hasCode, changelog } of released) {
      const { stdout } = await command({ cwd: folder, home }, "npm", [
        "view",
        `${name}@${version}`,
        "--json",
      ]);
      const { dependencies = {}, license } = JSON.parse(stdout);
      expect(license, name).toBe("Apache-2.0");
      expect(JSON.stringify(dependencies), name).not.toMatch(/workspace:|catalog:/);
      if (hasCode) expect(changelog, name).toContain(`## ${version}`);
    }
  });

  describe("installed by npm", () => {
    let place: Place;
    beforeAll(async () => {
      place = await app("npm-app", "npm", [...libraries, ...engines, tfjs]);
    });

    test("has types under node16", () => check(place, "train", "node16"));

    test("trains on each engine of a plain install, with one copy of tfjs", async () => {
      const runs = await start(place, "train");
      expect(runs.map(({ name }: { name: string }) => name)).toEqual(["native", "wasm", "cpu"]);
      for (const { steps, loss } of runs) {
        expect(steps).toBe(6);
        // From the same weights through the same images, on every engine.
        expect(loss).toBeCloseTo(runs[2].loss, 2);
      }
      expect(await copiesOf(place, "@tensorflow/tfjs-core")).toBe(1);
    });

    test.runIf(nightly).each([22, 24])("trains on each engine under Node %d", async (major) => {
      const node = (...parameters: string[]) =>
        command(place, "npx", ["--yes", "--package", `node@${major}`, "node", ...parameters]);
      expect((await node("--version")).stdout).toMatch(new RegExp(`^v${major}\\.`));
      write(place, "train");
      const runs = lastLine(await node("train.js"));
      expect(runs.map(({ name }: { name: string }) => name)).toEqual(["native", "wasm", "cpu"]);
    });

    test("saves a model that opens in stock tfjs and gives the same logits", async () => {
      const { logits } = await start(place, "stock");
      const ours: number[] = JSON.parse(readFileSync(join(place.cwd, "saved/logits.json"), "utf8"));
      for (const [i, value] of ours.entries()) expect(logits[i]).toBeCloseTo(value, 4);
    });
  });

  describe("installed by pnpm", () => {
    let place: Place;
    beforeAll(async () => {
      place = await app("pnpm-app", "pnpm", ["mlpconv", ...libraries, ...engines, tfjs]);
    });

    test("has types under bundler", () => check(place, "train", "bundler"));

    test("trains on each engine of a plain install", async () => {
      const runs = await start(place, "train");
      expect(runs.map(({ name }: { name: string }) => name)).toEqual(["native", "wasm", "cpu"]);
    });

    test("mlpconv installs the engines, and trains from this folder", async () => {
      const { version } = released.find(({ name }) => name === "mlpconv")!;
      const program = (...parameters: string[]) => command(place, "pnpm", ["exec", "mlpconv", ...parameters]);
      expect((await program("--version")).stdout.trim()).toBe(version);
      expect(lastLine(await program("engines", "--json")).auto).toBe("native");
      if (!hasData) {
        console.info("skipped: training from the command line, because Fashion-MNIST is not on this machine");
        return;
      }
      const small = "--models lenet --seeds 1 --preset quick --limit 64 --epochs 1 --name small --json";
      const { rows } = lastLine(await program("compare", ...small.split(" ")));
      expect(rows).toMatchObject([{ model: "lenet", trainingImages: 64 }]);
      expect(existsSync(join(place.cwd, "comparisons/small/report.html"))).toBe(true);
    });

    test("mlpconv playground serves the page that the package has, and ends with Ctrl-C", async () => {
      const parameters = ["playground", "--no-open", "--port", "0"];
      const { found, end } = await started(
        place,
        join(place.cwd, "node_modules/.bin/mlpconv"),
        parameters,
        /^page +(\S+)/m,
      );
      try {
        const [, origin] = found;
        const page = await (await fetch(origin!)).text();
        const [, script] = /<script type="module"[^>]* src="\.\/(assets\/index-[^"]+\.js)"/.exec(page)!;
        for (const [path, type] of [
          [script!, "text/javascript"],
          ["isolation-worker.js", "text/javascript"],
        ] as const) {
          const answer = await fetch(new URL(path, origin));
          expect([answer.status, answer.headers.get("content-type")]).toEqual([200, type]);
        }
        if (chromiumPath) expect(await trainsIn(origin!, chromiumPath)).toMatch(/^wasm: \d+ threads?, SIMD/);
      } finally {
        expect(await end("SIGINT")).toBe(130);
      }
    });
  });

  test("engine-native alone serves a bare tfjs program, with types, and compiles nothing", async () => {
    const place = await app("bare-app", "npm", ["@mlpconv/engine-native", tfjs]);
    await check(place, "bare", "node16");
    const { backend, losses } = await start(place, "bare");
    expect(backend).toBe("native");
    expect(losses[19]).toBeLessThan(losses[0] / 2);
    expect(existsSync(join(home, "cache", "mlpconv", "native"))).toBe(false);
  });

  if (!chromiumPath) console.info("skipped: a page, because no Chromium was found; set CHROMIUM to its path");
  test.skipIf(!chromiumPath)(
    "models and engine-wasm, bundled by vite, classify and learn in a browser",
    async () => {
      const place = await app("page", "npm", [
        "@mlpconv/models",
        "@mlpconv/engine-wasm",
        "@mlpconv/tensor",
        tfjs,
      ]);
      copyFileSync("test/publish/programs/browser.ts", join(place.cwd, "program.ts"));
      await bundle(place.cwd, "program.ts");
      const found = JSON.parse(await titleOf(place.cwd, chromiumPath!));
      expect(found).toMatchObject({
        engine: "wasm",
        device: expect.stringMatching(/^1 thread, SIMD; the page is not cross-origin isolated/),
      });
      expect(found.sum).toBeCloseTo(4, 4);
      expect(found.after).toBeLessThan(found.before);
    },
  );

  if (!hasData)
    console.info("skipped: the guide of the first five minutes, because Fashion-MNIST is not here");
  test.skipIf(!chromiumPath || !hasData)(
    "the five-minute guide leads to a page that classifies an image",
    async () => {
      const cwd = join(folder, "stranger");
      mkdirSync(cwd);
      const { app, steps } = await followGuide({ cwd, home });
      for (const { typed, seconds } of steps) console.info(`${seconds.toFixed(1)} s: ${typed}`);
      expect(await pageSays(app, await firstTestImage(), chromiumPath!)).toMatch(/^ankle boot, \d+ %$/);
      // A picture on a light background, which the page inverts.
      const boot = readFileSync(join(app, "node_modules/mlpconv/pictures/ankle-boot.png"));
      expect(await pageSays(app, boot, chromiumPath!)).toMatch(/^ankle boot, (9\d|100) %$/);
    },
    400_000,
  );
});

/** Opens the playground, takes a step, and gives what it says of its engine. */
const trainsIn = async (address: string, executablePath: string): Promise<string> => {
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  try {
    const page = await browser.newPage();
    await page.goto(`${address}#data=synthetic&lang=en`);
    await page.getByRole("button", { name: "One step" }).click({ timeout: 60_000 });
    const training = page.locator("#training", { hasText: /Step\s*1/ });
    await training.waitFor({ timeout: 60_000 });
    return /wasm: [^.]*/.exec((await training.textContent()) ?? "")?.[0] ?? "";
  } finally {
    await browser.close();
  }
};

/** The bytes of a picture file: an ankle boot. */
const firstTestImage = (): Promise<Buffer> => {
  const images = gunzipSync(readFileSync(join(data, "t10k-images-idx3-ubyte.gz"))).subarray(16);
  return sharp(images.subarray(0, 784), { raw: { width: 28, height: 28, channels: 1 } })
    .png()
    .toBuffer();
};

/** How often a package is in an installation. */
const copiesOf = async (place: Place, name: string): Promise<number> => {
  const { stdout } = await command(place, "npm", ["query", `[name="${name}"]`]);
  return JSON.parse(stdout).length;
};
