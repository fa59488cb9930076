#!/usr/bin/env node
// Builds the addon of an installed @tensorflow/tfjs-node against the libtensorflow inside TensorFlow's Python wheel, in place of the package's own
// install script, whose download many networks do not reach: node build-tfjs-node.mjs --help
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, realpathSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";

/** The version that our test suites use; 2.12 is the first whose wheel has libtensorflow_cc. */
const TENSORFLOW = "2.21.0";
const TFJS_NODE = "4.22.0";
/** Python version of the wheel. Wheels are unpacked, not run, so it is independent of the Python that runs pip. */
const WHEEL_PYTHON = "3.12";
const LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"];

const HELP = `Builds the addon of an installed @tensorflow/tfjs-node against the libtensorflow of a Python wheel.

  npm install --ignore-scripts @tensorflow/tfjs-node@${TFJS_NODE}
  node node_modules/@mlpconv/tensor/scripts/build-tfjs-node.mjs

Options
  --gpu                   @tensorflow/tfjs-node-gpu, with tensorflow[and-cuda] (3 GB to fetch)
  --tensorflow <version>  another release than ${TENSORFLOW}, from 2.12
  --from <folder>         a tensorflow folder that is already there, as in <venv>/lib/python3.12/site-packages/tensorflow;
                          used where it lies, so it must stay
  --python <program>      the Python whose pip fetches the wheel; python3 unless given

Needs Linux, a C++17 compiler (CXX, else c++), Node's headers, and pip unless there is --from.`;

/** Ends the program with a message and a fix, without a stack. */
const fail = (message) => {
  console.error(`build-tfjs-node: ${message}`);
  process.exit(1);
};

const run = (what, command, parameters, env = {}) => {
  const { status, error } = spawnSync(command, parameters, {
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  if (error) fail(`${command}: expected a program that runs, got ${error.message}; install it`);
  if (status !== 0) fail(`${what}: expected exit status 0, got ${status}; its own words are above`);
};

/** Folder of the installed package, searched like the engine does: beside @mlpconv/tensor, then from the current folder. */
const installed = (packageName) => {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), "_")).href]) {
    try {
      return dirname(realpathSync(createRequire(from).resolve(`${packageName}/package.json`)));
    } catch {
      // Not to be found from here.
    }
  }
  return fail(
    `${packageName}: expected it installed, got nothing; npm install --ignore-scripts ${packageName}@${TFJS_NODE}`,
  );
};

/** Folder of node_api.h: Node's own headers, or those of the npm package node-api-headers, which suffice for this addon. */
const nodeHeaders = () => {
  const nodedir = process.env.npm_config_nodedir;
  const prefix = dirname(dirname(realpathSync(process.execPath)));
  const folders = [...(nodedir ? [nodedir] : []), prefix].map((folder) => join(folder, "include", "node"));
  try {
    const require = createRequire(join(process.cwd(), "_"));
    folders.push(join(dirname(require.resolve("node-api-headers/package.json")), "include"));
  } catch {
    // Not installed.
  }
  return (
    folders.find((folder) => existsSync(join(folder, "node_api.h"))) ??
    fail(
      `Node's headers: expected node_api.h, got none in ${folders.join(", ")}; npm install --no-save node-api-headers, or ` +
        "name the folder above include/node in npm_config_nodedir",
    )
  );
};

/** Unpacks the wheel into `target`. The wheel for GPUs also needs NVIDIA's libraries, which it finds in neighbouring folders. */
const fetchWheel = (target, { python, version, gpu }) => {
  const { status, error } = spawnSync(python, ["-m", "pip", "--version"], { stdio: "ignore" });
  if (error || status !== 0) {
    fail(
      `${python}: expected a Python with pip, got none; install python3-pip, or name another one with --python`,
    );
  }
  rmSync(target, { recursive: true, force: true });
  const what = gpu ? [`tensorflow[and-cuda]==${version}`] : ["--no-deps", `tensorflow-cpu==${version}`];
  const how = ["--only-binary=:all:", "--python-version", WHEEL_PYTHON, "--target", target];
  console.log(`fetching ${what.at(-1)} into ${target}`);
  run("pip", python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...how, ...what]);
};

const compile = ({ folder, tensorflow, headers, rpath, output }) => {
  const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((name) => join(folder, "binding", name));
  const includes = [headers, join(tensorflow, "include")].flatMap((include) => ["-isystem", include]);
  const libraries = [`-L${tensorflow}`, ...LIBRARIES.map((name) => `-l:${name}`), `-Wl,-rpath,${rpath}`];
  const flags = ["-std=c++17", "-O2", "-fPIC", "-shared", "-DNAPI_VERSION=8"];
  mkdirSync(dirname(output), { recursive: true });
  console.log(`compiling ${output}`);
  // The compiler is called directly: there are only two files, and node-gyp would download Node's headers from nodejs.org.
  run("the compiler", process.env.CXX ?? "c++", [
    ...flags,
    ...includes,
    ...sources,
    "-o",
    output,
    ...libraries,
  ]);
};

/** Loads the package in a separate process and multiplies. */
const TRY = `
const util = require("node:util");
util.isNullOrUndefined ??= (value) => value == null; // removed in Node 23; @mlpconv/tensor defines it too
const tf = require(process.argv[1]);
const [product] = tf.matMul([[1, 2]], [[3], [4]]).dataSync();
if (product !== 11) throw new Error("1*3 + 2*4: expected 11, got " + product);
const { binding, isUsingGpuDevice } = tf.backend();
console.log("TensorFlow " + binding.TF_Version + " computes, on " + (isUsingGpuDevice ? "a GPU" : "the CPU"));
`;

const options = () => {
  try {
    return parseArgs({
      options: {
        gpu: { type: "boolean", default: false },
        tensorflow: { type: "string", default: TENSORFLOW },
        from: { type: "string" },
        python: { type: "string", default: "python3" },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    return fail(`${error.message}\n\n${HELP}`);
  }
};

const main = () => {
  const { gpu, tensorflow: version, from, python, help } = options();
  if (help) return console.log(HELP);
  if (process.platform !== "linux") {
    fail(`platform: expected linux, got ${process.platform}; there use the package's own install script`);
  }
  const folder = installed(gpu ? "@tensorflow/tfjs-node-gpu" : "@tensorflow/tfjs-node");
  const headers = nodeHeaders();

  const target = join(folder, "deps");
  const tensorflow = from ? resolve(from) : join(target, "tensorflow");
  if (!from) fetchWheel(target, { python, version, gpu });
  for (const name of [...LIBRARIES, "include/tensorflow/c/eager/c_api.h"]) {
    if (!existsSync(join(tensorflow, name))) {
      fail(`${tensorflow}: expected ${name}, got none; use a wheel of TensorFlow from 2.12`);
    }
  }

  const output = join(folder, "lib", "napi-v8", "tfjs_binding.node");
  // The path is relative to the addon, so that node_modules can be moved.
  const rpath = from ? realpathSync(tensorflow) : `$ORIGIN/${relative(dirname(output), tensorflow)}`;
  compile({ folder, tensorflow, headers, rpath, output });
  // Only warnings: TensorFlow otherwise prints which instructions its CPU kernels could use if compiled differently.
  run("the addon", process.execPath, ["-e", TRY, folder], { TF_CPP_MIN_LOG_LEVEL: "1" });
};

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main();
