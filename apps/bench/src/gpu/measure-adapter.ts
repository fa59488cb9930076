// Opens the GPU and tells which it is, in this process, so that a driver that does not start takes nothing with it; prints one line of JSON.
import { useEngine } from "@mlpconv/tensor";

await useEngine("webgpu");
const { info, features } = (await navigator.gpu.requestAdapter({ powerPreference: "high-performance" }))!;
console.log(
  JSON.stringify({
    gpu: info.device,
    architecture: info.architecture,
    driver: info.description,
    features: [...features].sort(),
  }),
);
