// Matrix units: the products that a subgroup computes in one instruction. They are an experimental feature of Dawn without TypeScript types.

/** A product of rows x depth by depth x columns: 16-bit floats, summed in 32 bits. */
export interface MatrixUnit {
  rows: number;
  columns: number;
  depth: number;
  /** Threads of a subgroup. */
  threads: number;
}

export const FEATURE = "chromium-experimental-subgroup-matrix" as GPUFeatureName;

interface Config {
  componentType: string;
  resultComponentType: string;
  M: number;
  N: number;
  K: number;
}

/** The adapter's matrix unit, if all its subgroups have one size and our tiles can be divided by it; otherwise undefined. */
export const matrixUnitOf = ({ features, info }: GPUAdapter): MatrixUnit | undefined => {
  const needed: GPUFeatureName[] = [FEATURE, "subgroups", "shader-f16"];
  const { subgroupMatrixConfigs = [] } = info as { subgroupMatrixConfigs?: Iterable<Config> };
  if (needed.some((feature) => !features.has(feature)) || info.subgroupMinSize !== info.subgroupMaxSize)
    return undefined;
  const units = [...subgroupMatrixConfigs]
    .filter(
      ({ componentType, resultComponentType }) => componentType === "f16" && resultComponentType === "f32",
    )
    .filter(({ M, N, K }) => [M, N, K].every((side) => side === 8 || side === 16))
    .sort((a, b) => b.M * b.N * b.K - a.M * a.N * a.K);
  const [largest] = units;
  return largest && { rows: largest.M, columns: largest.N, depth: largest.K, threads: info.subgroupMaxSize };
};
