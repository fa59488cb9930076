// Selects the library's build for this CPU: the same sources are compiled for several instruction sets.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { NativeError } from "./native-error.js";

/** Instruction sets, the widest first: 16, 8 or 4 floats in a vector. "baseline" runs on every CPU of the architecture. */
export const isas = ["avx512", "avx2", "baseline"] as const;
export type Isa = (typeof isas)[number];

/** Compiler flags for each instruction set. */
export const isaFlags: Record<Isa, readonly string[]> = {
  // GCC and clang use half-width vectors for AVX-512 by default.
  avx512: ["-march=x86-64-v4", "-mprefer-vector-width=512"],
  avx2: ["-march=x86-64-v3"],
  baseline: [],
};

/** CPU features that each build needs, by their Linux names. */
const needs: Record<Isa, readonly string[]> = {
  avx512: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx2", "fma", "bmi1", "bmi2", "f16c"],
  avx2: ["avx2", "fma", "bmi1", "bmi2", "f16c", "movbe"],
  baseline: [],
};

/** Features of the CPU and the operating system; empty if they cannot be queried, which selects "baseline". */
const cpuFeatures = (): Set<string> => {
  try {
    if (process.arch !== "x64") return new Set();
    if (process.platform === "linux") {
      const flags = /^flags\s*:(.*)$/m.exec(readFileSync("/proc/cpuinfo", "utf8"))?.[1] ?? "";
      return new Set(flags.trim().split(/\s+/));
    }
    if (process.platform === "darwin") {
      const names = execFileSync("sysctl", ["-n", "machdep.cpu.features", "machdep.cpu.leaf7_features"], {
        encoding: "utf8",
      });
      return new Set(names.toLowerCase().trim().split(/\s+/));
    }
  } catch {
    // If the query fails, use the build that runs on every CPU.
  }
  return new Set();
};

/** Instruction sets that this CPU supports, the widest first. */
export const supportedIsas = (features = cpuFeatures()): Isa[] =>
  isas.filter((isa) => needs[isa].every((feature) => features.has(feature)));

/**
 * The widest instruction set of this CPU, or the one that `MLPCONV_ISA` requests.
 *
 * @throws NativeError when the requested one is unknown or not supported by this CPU
 */
export const chooseIsa = (wanted = process.env.MLPCONV_ISA, supported = supportedIsas()): Isa => {
  if (!wanted) return supported[0] ?? "baseline";
  const isa = supported.find((name) => name === wanted);
  if (isa) return isa;
  const known = isas.some((name) => name === wanted);
  throw new NativeError(
    "wrong-setting",
    `MLPCONV_ISA: expected one of ${supported.join(", ")}, got "${wanted}"${known ? ", which this CPU does not have" : ""}`,
    "unset it to take the best",
  );
};
