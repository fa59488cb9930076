// Finds a Vulkan driver on a machine that may have NVIDIA's driver without its Vulkan manifest file.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runJson } from "../run-json.js";

export interface Adapter {
  gpu: string;
  architecture: string;
  driver: string;
  /** Its WebGPU features. */
  features: string[];
}

const usual = ["/etc/vulkan", "/usr/share/vulkan", "/usr/local/nvidia/share/vulkan"].map(
  (folder) => `${folder}/icd.d/nvidia_icd.json`,
);
/** The driver's two libraries; the second needs no X11 libraries. */
const libraries = ["libGLX_nvidia.so.0", "libEGL_nvidia.so.0"];

/**
 * The first driver that starts, for this process and its children: the one in `VK_DRIVER_FILES`, otherwise NVIDIA's.
 *
 * @param folder where missing manifest files are written
 * @throws Error with the message of each driver
 */
export const startDriver = async (folder: string, adapterScript: string): Promise<Adapter> => {
  const asked = process.env.VK_DRIVER_FILES;
  const written = libraries.map((library_path) => {
    const path = join(folder, `${library_path}.json`);
    const ICD = { library_path, api_version: "1.3.0" };
    writeFileSync(path, JSON.stringify({ file_format_version: "1.0.0", ICD }));
    return path;
  });
  const words: string[] = [];
  for (const file of asked ? [asked] : [...usual.filter((path) => existsSync(path)), ...written]) {
    try {
      const adapter = await runJson<Adapter>(process.execPath, [adapterScript], { VK_DRIVER_FILES: file });
      process.env.VK_DRIVER_FILES = file;
      return adapter;
    } catch (error) {
      words.push(`${file}: ${(error as Error).message}`);
    }
  }
  throw new Error(`bench: no Vulkan driver starts:\n${words.join("\n")}`);
};
