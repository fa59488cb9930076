// What stands around the numbers of results/, in the languages of the pages that show them.

export interface Words {
  step: string;
  predict: string;
  batch: string;
  imagesPerSecond: string;
  peer(name: string, threads: number | undefined): string;
  on(net: string, engine: string): string;
  /** Our speed divided by PyTorch's. */
  ratio: string;
  peakMemory: string;
  peerPeakMemory: string;
  /** Heads of a table of training runs. */
  recipe: string[];
  /** Heads of a table of training runs on a GPU. */
  recipeOnGpu: string[];
  /** Heads of a table of models before training. */
  starts: string[];
  /** Heads of a table of runs whose layers were watched. */
  plateau: string[];
  /** Names of those runs' recipes in the page's language, where they have others. */
  plateauNames: Record<string, string>;
  trainedOnGpu(gpu: string, driver: string, versions: string, date: string): string;
  never: string;
  noRelu: string;
  /** Heads of a table of training steps on a GPU, after net and batch: ours and PyTorch's, in full and in mixed precision. */
  gpuStep: string[];
  gpuMachine(gpu: string, driver: string, versions: string, date: string): string;
  machine(cpu: string, cores: number, node: string, date: string): string;
  threads(net: string, one: string, all: string, threads: number, ratio: string): string;
  loader(net: string, loads: string, times: string, engine: string, trains: string): string;
}

const peerName = (name: string): string => name.replace(/^pytorch\b/, "PyTorch");

export const english: Words = {
  step: "training step",
  predict: "inference",
  batch: "batch",
  imagesPerSecond: "images/s",
  peer: (name, threads) => `${peerName(name)}, ${threads} threads: images/s`,
  on: (net, engine) => `${net} on \`${engine}\``,
  ratio: "ours / PyTorch",
  peakMemory: "peak memory",
  peerPeakMemory: "PyTorch: peak memory",
  recipe: [
    ...["model or recipe", "pixels", "epochs", "runs", "test accuracy, median", "lowest", "highest"],
    ...["runs that never learned", "steps to learn", "dead classes in each run", "dead channels"],
  ],
  recipeOnGpu: [
    ...["model or recipe", "pixels", "epochs", "runs", "held-out accuracy", "held out, averaged weights"],
    ...["test accuracy, median (range)", "test, averaged weights", "steps to learn in each run"],
    ...["dead classes in each run", "dead channels", "seconds a run", "runs at once", "precision"],
  ],
  starts: [
    ...["recipe", "difference between images in the class maps", "gradient of the first convolution"],
    ...["dead channels", "steps to learn, two seeds"],
  ],
  plateau: [
    ...["recipe", "seed", "steps to learn", "difference in the class maps at first"],
    ...["dead channels at first", "dead channels at last", "dead classes at last"],
  ],
  plateauNames: {},
  trainedOnGpu: (gpu, driver, versions, date) => `${gpu}, ${driver}; ${versions}, ${date}.`,
  never: "never",
  noRelu: "none with a ReLU",
  gpuStep: ["full", "PyTorch fp32", "full / fp32", "mixed", "PyTorch tf32", "mixed / tf32", "PyTorch bf16"],
  gpuMachine: (gpu, driver, versions, date) => `Images/s on ${gpu}, ${driver}; ${versions}, ${date}.`,
  machine: (cpu, cores, node, date) => `${cpu}, ${cores} cores, Node ${node}, ${date}.`,
  threads: (net, one, all, threads, ratio) =>
    `\`${net}\` trains at ${one} images/s on one thread and at ${all} on ${threads}: ${ratio} times as fast.`,
  loader: (net, loads, times, engine, trains) =>
    `The loader alone delivers ${loads} images/s for \`${net}\`, ${times} times what training on \`${engine}\` consumes (${trains} images/s).`,
};

export const chinese: Words = {
  step: "训练一步",
  predict: "推理",
  batch: "批量大小",
  imagesPerSecond: "图像/秒",
  peer: (name, threads) => `${peerName(name)}，${threads} 线程：图像/秒`,
  on: (net, engine) => `${net}，\`${engine}\``,
  ratio: "本项目 / PyTorch",
  peakMemory: "峰值内存",
  peerPeakMemory: "PyTorch：峰值内存",
  recipe: [
    ...["模型或方案", "像素", "轮数", "训练次数", "测试精度（中位数）", "最低", "最高"],
    ...["从未学会的次数", "开始学习的步数", "每次训练的死亡类别数", "死亡通道"],
  ],
  recipeOnGpu: [
    ...["模型或方案", "像素", "轮数", "训练次数", "留出图像的精度", "留出图像，平均权重"],
    ...["测试精度，中位数（范围）", "测试，平均权重", "每次训练开始学习的步数"],
    ...["每次训练的死亡类别数", "死亡通道", "每次训练的秒数", "同时训练数", "精度模式"],
  ],
  starts: [...["方案", "类别图在图像之间的差异", "第一个卷积的梯度", "死亡通道", "开始学习的步数，两个种子"]],
  plateau: [
    ...["方案", "种子", "开始学习的步数", "起初类别图的差异"],
    ...["起初的死亡通道", "最后的死亡通道", "最后的死亡类别"],
  ],
  plateauNames: {
    "the chapter's recipe": "书中的方案",
    "He's weights": "He 初始化",
    identity: "恒等开始",
    "identity, rate 0.02": "恒等开始，学习率 0.02",
    "identity, no last ReLU": "恒等开始，最后没有 ReLU",
    "biases of zero": "偏置为零",
    "no 1x1 convolutions": "没有 1x1 卷积",
    "one 1x1 convolution a block": "每块一个 1x1 卷积",
    "three 1x1 convolutions a block": "每块三个 1x1 卷积",
  },
  trainedOnGpu: (gpu, driver, versions, date) => `${gpu}，${driver}；${versions}，${date}。`,
  never: "从未",
  noRelu: "没有带 ReLU 的通道",
  gpuStep: ["full", "PyTorch fp32", "full / fp32", "mixed", "PyTorch tf32", "mixed / tf32", "PyTorch bf16"],
  gpuMachine: (gpu, driver, versions, date) => `每秒图像数；${gpu}，${driver}；${versions}，${date}。`,
  machine: (cpu, cores, node, date) => `${cpu}，${cores} 核，Node ${node}，${date}。`,
  threads: (net, one, all, threads, ratio) =>
    `训练 \`${net}\`：单线程每秒 ${one} 张图像，${threads} 线程每秒 ${all} 张，是前者的 ${ratio} 倍。`,
  loader: (net, loads, times, engine, trains) =>
    `单独加载数据时，\`${net}\` 每秒可得 ${loads} 张图像，是在 \`${engine}\` 上训练所需（每秒 ${trains} 张）的 ${times} 倍。`,
};
