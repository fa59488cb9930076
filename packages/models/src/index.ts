// @mlpconv/models: Network in Network and other classic CNNs, their costs, and their parameters under PyTorch's names.
export { type AlexnetOptions, alexnet } from "./alexnet.js";
export { type DensenetOptions, densenet } from "./densenet.js";
export { type GooglenetOptions, googlenet } from "./googlenet.js";
export { type LenetOptions, lenet } from "./lenet.js";
export { type ModelName, modelNames, models } from "./models.js";
export { type NinOptions, nin } from "./nin.js";
export { type NinBnOptions, ninBn } from "./nin-bn.js";
export { type NinCifarOptions, ninCifar } from "./nin-cifar.js";
export { type NinMnistOptions, ninMnist } from "./nin-mnist.js";
export type { BatchNormOption, LastReluOption, ModelOptions, RatioOption } from "./options.js";
export { type Parameter, parameters, type StateArray, stateArrays, stateCounters } from "./parameters.js";
export { type Recipe, recipes } from "./recipes.js";
export { type ResnetDepth, type ResnetOptions, resnet } from "./resnet.js";
export { formatSummary, type Summary, type SummaryRow, summary } from "./summary.js";
export { type VggDepth, type VggOptions, vgg } from "./vgg.js";
