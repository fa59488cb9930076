// The dependency rules, checked in the files: who may import whom, who may import tfjs, what every package has.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** What each package may import from this repository; engines are optional peers of tensor. */
const ALLOWED: Record<string, readonly string[]> = {
  kernels: [],
  "engine-native": ["kernels"],
  "engine-wasm": ["kernels"],
  "engine-webgpu": [],
  tensor: ["engine-native", "engine-wasm", "engine-webgpu"],
  layers: ["tensor"],
  models: ["tensor", "layers"],
  weights: ["tensor", "layers", "models"],
  datasets: ["tensor"],
  trainer: ["tensor", "datasets"],
  runs: ["tensor", "layers", "models", "weights", "datasets", "trainer"],
  mpi: [],
  report: ["layers", "trainer", "runs", "weights"],
  // Private: what the programs share.
  "cli-kit": ["tensor", "models", "weights", "datasets", "trainer", "runs", "mpi"],
  // Private: what tests share. Packages use it in their tests, where it may use their foundations in turn.
  testing: ["tensor", "mpi", "engine-native", "engine-wasm", "engine-webgpu"],
};

interface Manifest {
  name: string;
  private?: boolean;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}

const manifest = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
const folders = (parent: string) =>
  readdirSync(parent, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(tsx?|mts|js)$/.test(entry.name) ? [path] : [];
  });

/** Every module that a file names in an import or export, types and dynamic imports included. */
const imports = (path: string): string[] =>
  ts.preProcessFile(readFileSync(path, "utf8"), true, true).importedFiles.map(({ fileName }) => fileName);

const packages = folders("packages");
const isTest = (path: string) => /\.test\.tsx?$/.test(path);

test("no program makes folders by Node's own recursion, which never returns below /proc", () => {
  const roots = [
    ...packages.filter((name) => name !== "testing").map((name) => join("packages", name)),
    ...["cli", "compare", "train"].map((name) => join("apps", name)),
  ];
  for (const path of roots.flatMap((folder) => sources(join(folder, "src"))).filter((one) => !isTest(one)))
    expect(readFileSync(path, "utf8"), path).not.toMatch(/\bmkdir(Sync)?\([^;]*recursive: true/);
});

test("every package has its place in the table of dependency rules", () => {
  expect(packages.toSorted()).toEqual(Object.keys(ALLOWED).toSorted());
});

describe.each(packages)("packages/%s", (name) => {
  const folder = join("packages", name);
  const { dependencies = {}, peerDependencies = {}, devDependencies = {}, ...rest } = manifest(folder);
  const ours = (group: Record<string, string>) =>
    Object.keys(group).flatMap((key) => (key.startsWith("@mlpconv/") ? [key.slice("@mlpconv/".length)] : []));

  test("is named after its folder", () => expect(rest.name).toBe(`@mlpconv/${name}`));

  test("depends on what the rules allow", () => {
    for (const other of ours({ ...dependencies, ...peerDependencies }))
      expect(ALLOWED[name]).toContain(other);
  });

  test("imports what its package.json declares, and nothing of this repository but what the rules allow", () => {
    const declared = { ...dependencies, ...peerDependencies };
    for (const path of sources(join(folder, "src"))) {
      for (const specifier of imports(path)) {
        if (/^[.#]|^node:/.test(specifier)) continue;
        const [scope, second] = specifier.split("/") as [string, string?];
        const packageName = scope.startsWith("@") ? `${scope}/${second}` : scope;
        const allowed = isTest(path) ? { ...declared, ...devDependencies, vitest: "" } : declared;
        expect(Object.keys(allowed), `${path} imports ${specifier}`).toContain(packageName);
      }
    }
  });

  if (name !== "tensor" && name !== "kernels" && !name.startsWith("engine-")) {
    test("leaves @tensorflow to tensor, kernels and the engines", () => {
      for (const path of sources(folder).filter((path) => !/node_modules|dist/.test(path))) {
        expect(
          imports(path).filter((specifier) => specifier.startsWith("@tensorflow/")),
          path,
        ).toEqual([]);
      }
    });
  }

  test("has a README", () => expect(existsSync(join(folder, "README.md"))).toBe(true));
});

const apps = folders("apps");
const appName = (app: string) => manifest(join("apps", app)).name;

describe.each(apps)("apps/%s", (app) => {
  const others = apps.filter((other) => other !== app && other !== "cli").map((other) => join("apps", other));
  const folders = [...packages.map((other) => join("packages", other)), ...others];

  test("is imported by no package, and by no app but cli, which mounts them", () => {
    for (const folder of folders)
      for (const path of sources(folder).filter((path) => !/node_modules|dist/.test(path)))
        expect(
          imports(path).filter((specifier) => `${specifier}/`.startsWith(`${appName(app)}/`)),
          path,
        ).toEqual([]);
  });

  test("is named by no other package.json, but that compare starts the program of train", () => {
    for (const folder of folders)
      if (!(folder === join("apps", "compare") && app === "train"))
        expect(JSON.stringify(manifest(folder))).not.toContain(`"${appName(app)}":`);
  });
});

test("apps/cli, which travels with the private programs inside, depends on what they depend on", () => {
  const { dependencies = {}, devDependencies = {} } = manifest("apps/cli");
  const inside = Object.keys(devDependencies).map((name) => {
    const short = name.slice("@mlpconv/".length);
    return manifest(join(existsSync(join("apps", short)) ? "apps" : "packages", short));
  });
  expect(inside.map((each) => each.private)).toEqual(inside.map(() => true));
  const needed = inside.flatMap((each) => Object.keys(each.dependencies ?? {}));
  // It is a program, so it brings the peers of what it uses.
  const peers = ["@tensorflow/tfjs", "@tensorflow/tfjs-core"];
  const outside = new Set([...needed.filter((name) => !Object.hasOwn(devDependencies, name)), ...peers]);
  expect(Object.keys(dependencies).toSorted()).toEqual([...outside].toSorted());
});
