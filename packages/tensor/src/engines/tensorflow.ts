// Native TensorFlow (tfjs-node, tfjs-node-gpu). Its files are checked one by one before it is loaded, because each kind of damage has its own fix.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type EngineEntry, EngineError, type EngineName } from "./engine.js";
import { takeAnyPadding } from "./tensorflow-padding.js";

interface TensorflowBackend {
  isUsingGpuDevice?: boolean;
  /** The native addon. */
  binding?: { TF_Version?: string };
}
interface TensorflowPackage {
  backend(): TensorflowBackend;
  version: Record<string, string>;
}

/** The engine of one of the two packages. Both register the tfjs backend "tensorflow", so a process can load only one of them. */
export const tensorflowEngine = (name: EngineName, packageName: string, gpu: boolean): EngineEntry => ({
  name,
  tfjsName: "tensorflow",
  gpu,
  load: async () => {
    const found = find(packageName);
    if (!found) throw new EngineError(name, "not-installed", "not installed", `install ${packageName}`);
    if (loaded && loaded !== packageName) {
      throw new EngineError(
        name,
        "failed",
        `${loaded} is loaded, which registers the same tfjs backend`,
        `uninstall ${loaded} or start a new process`,
      );
    }
    const binding = join(
      found.folder,
      "lib",
      `napi-v${Math.min(8, Number(process.versions.napi))}`,
      "tfjs_binding.node",
    );
    if (!existsSync(binding)) {
      throw new EngineError(
        name,
        "not-built",
        `installed, but its addon was not built (no ${binding})`,
        `run its install script, npm rebuild ${packageName}, or build the addon from a Python wheel: node ${builder}${gpu ? " --gpu" : ""}`,
      );
    }
    const tensorflow = load(name, packageName, found.require);
    if (gpu && !tensorflow.backend().isUsingGpuDevice) {
      throw new EngineError(
        name,
        "no-gpu",
        "loads, but TensorFlow found no GPU and would train on the CPU",
        `check \`nvidia-smi\`; the package's own TensorFlow wants CUDA 11.2 and cuDNN 8.1, for CUDA 12: node ${builder} --gpu`,
      );
    }
    return {
      describe: () => {
        const library = tensorflow.backend().binding?.TF_Version;
        const version = tensorflow.version["tfjs-node"] ?? tensorflow.version.tfjs;
        return [packageName, version, library && `on TensorFlow ${library}`].filter(Boolean).join(" ");
      },
    };
  },
});

/** Path of the script that builds the addon if the packages' install script failed; valid from this package's sources and from its dist. */
const builder = relative(
  process.cwd(),
  fileURLToPath(new URL("../../scripts/build-tfjs-node.mjs", import.meta.url)),
);

let loaded: string | undefined;

/** Resolves a package from this package, then from the program's folder. */
const find = (packageName: string) => {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), "_")).href]) {
    const require = createRequire(from);
    try {
      return { require, folder: dirname(require.resolve(`${packageName}/package.json`)) };
    } catch {
      // Not to be found from here.
    }
  }
  return undefined;
};

const load = (name: EngineName, packageName: string, require: NodeRequire): TensorflowPackage => {
  // tfjs-node 4.22 calls a function of node:util that Node 23 removed; without it every operation throws an error.
  const util: { isNullOrUndefined?: (value: unknown) => boolean } = require("node:util");
  util.isNullOrUndefined ??= (value) => value === null || value === undefined;
  // Only warnings and errors, unless the user asks for more: TensorFlow otherwise prints which instructions it was not compiled for.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "1";
  // oneDNN's kernels write outside their memory for some shapes of convolutions (README.md), so they are disabled, although that is slower.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= "0";
  try {
    const tensorflow: TensorflowPackage = require(packageName);
    if (!loaded) takeAnyPadding("tensorflow");
    loaded = packageName;
    return tensorflow;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const library = /lib[\w.+-]+\.(so|dylib|dll)[\w.]*|\w+\.dll/.exec(reason)?.[0];
    throw library || /dlopen|specified module could not be found/i.test(reason)
      ? new EngineError(
          name,
          "libraries-missing",
          `a shared library does not load: ${reason}`,
          `install ${library ?? "it"} or add its folder to the library path`,
          { cause: error },
        )
      : new EngineError(name, "failed", reason, `reinstall ${packageName}`, { cause: error });
  }
};
