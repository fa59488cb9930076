// Opens the GPU and prints its name as one line of JSON. It runs in its own process, because a driver that fails to start may crash it.
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
