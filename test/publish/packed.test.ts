// What a project beside a clone gets: the guide's first program, with the packages that `pnpm pack:all` packs and the guide's tsconfig.json.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeBlocks } from "../markdown.js";
import { command, type Place } from "./commands.js";

const folder = mkdtempSync(join(tmpdir(), "mlpconv-packed-"));
const place: Place = { cwd: join(folder, "project"), home: join(folder, "home") };
const packed = join(folder, "packed");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasRegistry = (): boolean => {
  try {
    execFileSync("npm", ["view", "@tensorflow/tfjs", "version"], { timeout: 60_000, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};
const skipped = process.platform === "win32" || !hasRegistry();
if (skipped) console.info("skipped: needs a shell and a package registry to install @tensorflow/tfjs from");

const blocks = codeBlocks(readFileSync("docs/guide/getting-started.md", "utf8"));
const blockOf = (info: string): string => blocks.find((block) => block.info === info)!.code;

/** Errors that the type checker prints under the guide's settings, changed by `flags`. */
const typeErrors = async (...flags: string[]): Promise<string[]> => {
  const tsc = ["node_modules/typescript/bin/tsc", "--pretty", "false", ...flags];
  const output = await command(place, process.execPath, tsc).then(
    ({ stdout }) => stdout,
    (error: Error) => error.message,
  );
  return output.split("\n").filter((line) => /error TS\d+/.test(line));
};

describe.skipIf(skipped)("packed by a clone", () => {
  beforeAll(async () => {
    for (const path of [place.cwd, place.home]) mkdirSync(path);
    // Kernels that this machine has compiled already, from the same sources: other tests compile them.
    const compiled = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "mlpconv", "native");
    if (existsSync(compiled)) cpSync(compiled, join(place.home, "cache/mlpconv/native"), { recursive: true });
    execFileSync(process.execPath, ["--import", "tsx", "scripts/pack.ts", packed]);
    const installs = blocks
      .filter(({ info }) => info === "sh")
      .flatMap(({ code }) => code.trim().split("\n"))
      .filter((line) => line.startsWith("npm "));
    expect(installs).toHaveLength(4);
    // The one word that differs from what the guide says: where the clone is.
    for (const line of installs)
      await command(place, "sh", ["-c", line.replace("../mlpconv/packed", packed)]);
    writeFileSync(join(place.cwd, "first.ts"), blockOf("ts"));
    writeFileSync(join(place.cwd, "tsconfig.json"), blockOf("json"));
  });

  test("the guide's program has the types that the guide's tsconfig.json checks", async () => {
    expect(await typeErrors()).toEqual([]);
  });

  test("declarations have no errors of their own without skipLibCheck; TensorFlow.js's have", async () => {
    const scope = join(place.cwd, "node_modules/@mlpconv");
    const names = readdirSync(scope).map((name) => `@mlpconv/${name}`);
    const entries = names.flatMap((name) => {
      const { exports } = JSON.parse(
        readFileSync(join(place.cwd, "node_modules", name, "package.json"), "utf8"),
      );
      const paths = Object.keys(exports).filter((path) => !/\.\w+$|\*/.test(path.slice(1)));
      return paths.map((path) => name + path.slice(1));
    });
    expect(entries.length).toBeGreaterThan(10);
    writeFileSync(
      join(place.cwd, "all.ts"),
      entries.map((entry, i) => `export * as e${i} from "${entry}";\n`).join(""),
    );
    const errors = await typeErrors("--skipLibCheck", "false");
    rmSync(join(place.cwd, "all.ts"));
    // @webgpu/types declares again what TypeScript's DOM library has.
    const others = /^node_modules\/(@tensorflow|@webgpu|@typescript|typescript)\//;
    expect(errors.filter((line) => !others.test(line))).toEqual([]);
    // Without these the guide's tsconfig.json needs no skipLibCheck.
    expect(errors.length).toBeGreaterThan(0);
  });

  test("the guide's program runs as the guide says, and learns", async () => {
    const { stdout } = await command(place, "npx", ["tsx", "first.ts"]);
    expect(Number(/epoch 3: test accuracy (\S+)/.exec(stdout)?.[1])).toBeGreaterThan(0.8);
  });

  test("the CLI programs are installed too", async () => {
    const { stdout } = await command(place, "npx", ["mlpconv", "engines", "--json"]);
    expect(JSON.parse(stdout.trim().split("\n").at(-1)!).auto).toBe("native");
  });

  test("two pictures are installed with predict, at the path in its help", async () => {
    const { stdout } = await command(place, "npx", ["mlpconv", "predict", "--help"]);
    const paths = stdout.match(/\S*pictures\S+\.png/g)!;
    expect(paths).toEqual(
      ["ankle-boot", "trouser"].map((name) => `node_modules/mlpconv/pictures/${name}.png`),
    );
    for (const path of paths) expect(existsSync(join(place.cwd, path)), path).toBe(true);
  });
});
