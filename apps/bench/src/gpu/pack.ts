// `bench gpu --pack`: makes a folder, and an archive of it, for measuring on a machine that has only NVIDIA's driver and a Python with torch.
import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "./bundle.js";

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** The Vulkan loader, and libraries to which NVIDIA's driver links but which a machine without a display may lack. */
const libraries = [
  ...["libvulkan.so.1", "libGLdispatch.so.0", "libGLX.so.0", "libEGL.so.1", "libX11.so.6", "libXext.so.6"],
  ...["libxcb.so.1", "libXau.so.6", "libXdmcp.so.6", "libbsd.so.0", "libmd.so.0"],
];

/** @throws Error when this machine is unsuitable for packing, or the folder exists */
export const packForGpu = async (to: string): Promise<void> => {
  const folder = resolve(to);
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Error(
      `bench gpu: expected linux-x64, as the machine with the GPU is, got ${process.platform}-${process.arch}`,
    );
  if (existsSync(folder)) throw new Error(`bench gpu: expected a new folder, got ${folder}; remove it first`);
  await bundle(folder);
  copyFileSync(here("run.sh"), join(folder, "run.sh"));
  for (const file of ["pytorch.py", "nets.py"]) copyFileSync(here(`../../peers/${file}`), join(folder, file));
  copyFileSync(process.execPath, join(folder, "node"));
  const engine = createRequire(import.meta.resolve("@mlpconv/engine-webgpu"));
  const dawn = dirname(engine.resolve("webgpu"));
  for (const file of ["package.json", "index.js", "dist/linux-x64"])
    cpSync(join(dawn, file), join(folder, "node_modules", "webgpu", file), {
      recursive: true,
      dereference: true,
    });
  mkdirSync(join(folder, "lib"));
  const missing = libraries.filter((name) => !copyLibrary(name, join(folder, "lib")));
  if (missing.length) console.warn(`warning: not on this machine, so not packed: ${missing.join(", ")}`);
  for (const file of ["node", "node_modules/webgpu/dist/linux-x64/dawn.node"])
    execFileSync("strip", [join(folder, file)]);
  const archive = `${folder}.tar.xz`;
  execFileSync("tar", ["-C", dirname(folder), "-cJf", archive, basename(folder)], {
    env: { ...process.env, XZ_OPT: "-9" },
  });
  console.log(`written to ${folder} and, ${(statSync(archive).size / 2 ** 20).toFixed(1)} MiB, ${archive}`);
};

/** Copies a library from the folders of the dynamic linker. */
const copyLibrary = (name: string, folder: string): boolean => {
  const known = execFileSync("/sbin/ldconfig", ["-p"], { encoding: "utf8" });
  const path = known
    .split("\n")
    .find((line) => line.trim().startsWith(`${name} `) && line.includes("x86-64"));
  if (!path) return false;
  copyFileSync(path.split("=> ")[1]!, join(folder, name));
  return true;
};
