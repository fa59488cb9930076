// The page's texts in English; zh.ts has the same in Chinese.
import type { NotIsolated } from "../../isolation/isolate.js";
import type { AddressProblem } from "../../state/address.js";
import type { NetworkPlace } from "../../state/rows.js";
import { tourEn } from "./tour-en.js";

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const count = (value: number) => value.toLocaleString("en-US");
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

export const en = {
  title: "mlpconv playground",
  lead: "Train a network in your browser, watch it learn and try it. Nothing is sent anywhere.",
  skip: "Skip to training",
  language: "Language",
  colours: { label: "Colours", auto: "Auto", light: "Light", dark: "Dark" },
  share: "Copy link",
  shared: "The link is on the clipboard.",
  notShared: "The browser did not allow copying. The link is the page's address.",
  dismiss: "Close this message",
  messages: "Messages",
  views: { label: "Views", train: "Train", try: "Try it", files: "Files" },
  percent,
  count,
  network: (i: number) => `Network ${"ABC"[i]}`,

  tour: tourEn,
  addressProblem: (problem: AddressProblem): string => {
    switch (problem.type) {
      case "unknown":
        return `address: expected the name of a setting, got "${problem.key}"; it is left out`;
      case "value":
        return `address: expected ${problem.key} to be ${problem.expected}, got "${problem.got}"; the default is taken`;
      case "model":
        return `address: expected no ${problem.key} with ${problem.model}, which has no such setting; it is left out`;
      case "idle":
        return `address: expected ${problem.needs} with ${problem.key}, which has no effect otherwise; it is left out`;
      case "own-files":
        return "address: the link was made with own files, which are not in it; open them again under Data";
    }
  },
  fellBackToWasm: (why: string) => `The GPU could not be used (${why}). Training runs on the CPU.`,
  fellBackToSynthetic: (why: string) =>
    `Fashion-MNIST could not be loaded (${why}). Synthetic garments are used instead.`,
  noServedData: "data: expected images beside the page, got none",
  oneThread: {
    framed: "Inside another page, training has one thread. Opened by itself, the playground has all of them.",
    insecure:
      "Training has one thread: browsers give more only to pages served by https or from this machine.",
    "no-service-worker":
      "Training has one thread: the server does not isolate the page from others, and the browser allows no service worker that could.",
    "not-effective":
      "Training has one thread: the page is not isolated from others. Loading it again may help.",
  } satisfies Record<NotIsolated, string>,
  workerFailed: (why: string) => `The part of the page that trains has stopped: ${why}. Reload the page.`,

  said: {
    opening: "Opening data and network.",
    ready: "Ready to train.",
    training: "Training.",
    paused: (step: number) => `Paused after step ${count(step)}.`,
    ended: "Training has ended.",
    reset: "Back at the beginning.",
    epoch: (epoch: number, accuracy: number) => `Epoch ${epoch}: test accuracy ${percent(accuracy)}.`,
  },

  data: {
    heading: "Data",
    source: "Images",
    sources: {
      synthetic: "Synthetic garments",
      pictures: "Own pictures",
      dropped: "Own IDX files",
      url: "IDX files from an address",
    },
    about: (name: string, train: number, test: number, classes: number) =>
      `${name}: ${count(train)} training and ${count(test)} test images in ${classes} classes`,
    share: (train: number) => `A share of the whole data set, which has ${count(train)} training images.`,
    train: "Training images",
    test: "Test images",
    apply: "Use these",
    address: "Address of the folder with the four files",
    load: "Load",
    idx: "Four IDX files, gzipped or not: training images and labels, test images and labels. Drop them here or choose them.",
    choose: "Choose files",
    addressWrong: "Expected an address that begins with https:// or http://.",
  },
  pictures: {
    intro:
      "Name at least two classes and give each some pictures. A few dozen of each suffice. They stay in this browser.",
    className: (i: number) => `Name of class ${i}`,
    firstNames: ["first", "second"],
    newName: (i: number) => `class ${i}`,
    add: "Add a class",
    remove: (name: string) => `Remove class ${name}`,
    drop: "Drop pictures here",
    choose: (name: string) => `Choose pictures for ${name}`,
    camera: "Camera",
    cameraFor: (name: string) => `Take pictures of ${name} with the camera`,
    take: "Take a picture",
    stopCamera: "Stop the camera",
    noCamera: (why: string) => `The camera cannot be used: ${why}.`,
    count: (n: number) => (n === 1 ? "1 picture" : `${count(n)} pictures`),
    removePicture: (i: number, name: string) => `Remove picture ${i} of ${name}`,
    size: "Size in pixels",
    colour: "Colours",
    coloured: "In colour",
    grey: "Grey",
    use: "Use these pictures",
    needs: "Expected at least two classes with different names and four pictures each.",
    unreadable: (name: string) =>
      `${name}: expected a picture that the browser can open, got another file; leave it out`,
    tooLarge: (name: string, megabytes: number) =>
      `${name}: expected a file of up to 50 MB, got ${megabytes.toFixed(0)} MB; make it smaller`,
  },

  editor: {
    heading: "Network",
    model: "Model",
    preset: "Preset",
    presets: { quick: "quick", d2l: "d2l, the book's", best: "best, ours", pictures: "pictures" },
    groups: { network: "Network", training: "Training", images: "Images" },
    more: "More settings",
    toPreset: "Back to the preset",
    add: "Add a network",
    remove: (i: number) => `Remove network ${"ABC"[i]}`,
    parameters: "Parameters",
    multiplyAdds: "Multiply-adds",
    memory: "Memory",
    wrong: (expected: string) => `Expected ${expected}.`,
    missing: (model: string, labels: readonly string[]) =>
      `${model} has no setting for: ${labels.join(", ")}.`,
    /** What stands in the field of a setting without a value. */
    absent: {
      augment: "none",
      limit: "all",
      "net.dropout": "its own",
      "net.ratio": "its own",
      "net.pointwise": "its own",
    } as Partial<Record<NetworkPlace, string>>,
    diagram: "Layers",
    blocks: "Blocks of the networks",
    command: "On the command line",
    copy: "Copy",
    copied: "Copied.",
    commandOtherData: "The command trains on Fashion-MNIST unless it is given --dataset or --data.",
  },
  /** Labels of settings. */
  settings: {
    "net.ratio": "Width divided by",
    "net.pointwise": "1×1 convolutions",
    "net.init.weights": "Initialisation",
    "net.init.biases": "Biases",
    "net.dropout": "Dropout",
    "net.lastRelu": "Last ReLU",
    "net.batchNorm": "Batch normalisation",
    optimizer: "Optimiser",
    learningRate: "Learning rate",
    momentum: "Momentum",
    weightDecay: "Weight decay",
    schedule: "Schedule",
    warmup: "Warm-up",
    cycles: "Restart cycles",
    power: "Power of the polynomial",
    clipNorm: "Gradient norm up to",
    labelSmoothing: "Label smoothing",
    classWeights: "Class weights",
    epochs: "Epochs",
    batchSize: "Batch size",
    normalize: "Normalise pixels",
    flip: "Mirror at random",
    augment: "Augmentation",
    resize: "Image size",
    limit: "Training images",
    seed: "Seed",
  } as Partial<Record<NetworkPlace, string>>,
  /** What settings mean, where the table's own help is not enough. */
  settingHelp: {} as Partial<Record<NetworkPlace, string>>,
  choices: {
    xavier: "Xavier",
    he: "He",
    dirac: "He, identity",
    zeros: "zeros",
    pytorch: "PyTorch's",
    sgd: "SGD",
    nesterov: "SGD, Nesterov",
    adam: "Adam",
    adamw: "AdamW",
    rmsprop: "RMSprop",
    muon: "Muon",
    constant: "constant",
    cosine: "cosine",
    linear: "linear",
    polynomial: "polynomial",
    "one-cycle": "one cycle",
    restarts: "cosine, restarts",
    equal: "equal",
    balanced: "balanced",
  } as Record<string, string>,

  transport: {
    heading: "Training",
    start: "Start",
    resume: "Go on",
    restart: "Start over",
    pause: "Pause",
    step: "One step",
    reset: "Reset",
    engine: "Engine",
    engines: { auto: "automatic", webgpu: "webgpu (GPU)", wasm: "wasm (CPU)", cpu: "cpu (slow)" },
    changed: "Settings have changed: the next start trains anew.",
    keys: "Keys: Space starts and pauses, S takes a step, R resets.",
    phases: {
      opening: "Opening…",
      closed: "Not open",
      paused: "Paused",
      training: "Training",
      ended: "Ended",
    },
    epoch: "Epoch",
    step_: "Step",
    loss: "Loss",
    trainAccuracy: "Train accuracy",
    testAccuracy: "Test accuracy",
    speed: "Images/s",
    loaded: (bytes: number, total: number | undefined) =>
      total === undefined ? megabytes(bytes) : `${megabytes(bytes)} of ${megabytes(total)}`,
    tryAgain: "Try again",
  },

  curves: {
    loss: "Loss",
    accuracy: "Accuracy",
    epochs: "Epochs",
    train: (name: string) => `${name}, training`,
    test: (name: string) => `${name}, test`,
    trainAlone: "training",
    testAlone: "test",
    empty: "Curves appear as soon as training starts.",
    describeLoss: (name: string, loss: number) => `${name}: loss ${loss.toFixed(3)}.`,
    describeAccuracy: (name: string, train: number, test: number | undefined) =>
      `${name}: training accuracy ${percent(train)}${test === undefined ? "" : `, test accuracy ${percent(test)}`}.`,
  },
  figures: {
    of: "Show",
    classes: "Accuracy by class",
    classesEmpty: "After the first epoch.",
    maps: "Class maps",
    mapsTable: "Table of class maps",
    mapsAbout:
      "Each row is a test image and its map for each class, before global average pooling and through the dense layer if one follows it: blue is positive, orange negative, on a scale of its own in each row. The highest mean, in bold, is the answer; the frame is the true class.",
    mapsOfMany: "Of many classes, a row has those with the highest means, and the true class.",
    noMaps: "This network has no class maps: it does not end in global average pooling.",
    image: "image",
    watch: "Test images, by number",
    watchHelp: "Up to 12 numbers, such as 0,7,12",
    watchWrong: "Expected up to 12 numbers of test images, such as 0,7,12.",
    mapsDescribed: (right: number, of: number) => `The answer is right for ${right} of ${of} images.`,
    filters: "Filters of the first layer",
    filtersAbout: (shown: number, of: number) =>
      `${shown} of ${of} filters. Blue is positive, orange negative.`,
    channels: "Living channels",
    channelsAbout:
      "A cell is a channel; the stronger its colour, the more images it is active on. Crossed out: dead, 0 on all of them.",
    dead: (dead: number, of: number) => (dead === 0 ? `${of} alive` : `${dead} of ${of} dead`),
    sizes: "Sizes of weights, gradients and updates",
    sizesAbout: "Root mean square by layer, on a logarithmic scale.",
    layer: "Layer",
    weights: "weights",
    gradient: "gradient",
    update: "update",
    waiting: "After the first step.",
  },

  tryIt: {
    source: "Picture",
    sources: { draw: "Draw", photo: "Photo", test: "Test image" },
    pad: "Drawing pad. Arrow keys move the pen, Space lowers and lifts it, Delete clears.",
    padHelp:
      "Draw with a finger or the mouse. With the keyboard: arrow keys move the pen, Space lowers and lifts it, Delete clears.",
    penDown: "Pen down",
    penUp: "Pen up",
    clear: "Clear",
    thickness: "Pen",
    dropPhoto: "Drop a picture here or choose one",
    choosePhoto: "Choose a picture",
    another: "Another test image",
    testNumber: "Number of the test image",
    trueClass: (name: string) => `It is: ${name}`,
    preparing: "What the network gets",
    steps: {
      picture: "Picture",
      crop: "Cropped",
      grey: "Grey",
      resize: (side: number) => `${side} pixels`,
      inverted: "Inverted",
      notInverted: "Not inverted",
    },
    invert: { label: "Invert", auto: "automatic", yes: "yes", no: "no" },
    answer: "Answer",
    answerSaid: (name: string, probability: number) => `Answer: ${name}, ${percent(probability)}.`,
    none: "Give a picture to see an answer.",
    over: "Class map over the picture",
    overClass: "Class",
    layers: "What each layer sees",
    channelsShown: (shown: number, of: number) =>
      shown === of ? `${of} channels` : `${shown} of ${of} channels`,
    values: (n: number) => `${n} values`,
    step: (step: number) => `Network after step ${count(step)}.`,
  },

  files: {
    saveHeading: "Save",
    saveAbout: "The network as it is now, in the same files that mlpconv export writes.",
    saveFormats: { safetensors: "safetensors (PyTorch)", onnx: "ONNX", tfjs: "TensorFlow.js" },
    saved: (names: string) => `Saved: ${names}`,
    openHeading: "Open weights",
    openAbout: "A safetensors file of this page, of a run or of PyTorch, for the network that is open.",
    openChoose: "Choose a safetensors file",
    loaded: (name: string, fresh: string) =>
      fresh === ""
        ? `${name} is in the network.`
        : `${name} is in the network, except for the layers that name the classes (${fresh}), because it is for other classes. Press Start to train on your images.`,
    tooLarge: (name: string, megabytes: number) =>
      `${name}: expected a file of up to 1000 MB, got ${megabytes.toFixed(0)} MB; choose another one`,
    runHeading: "Open a run",
    runAbout:
      "Drop a run's folder here, or its files config.json, events.jsonl and last.safetensors. The curves of a run in progress grow while it trains.",
    runChoose: "Choose a run's folder",
    noConfig: "run: expected a folder with config.json, got none; choose a folder below runs/",
    following: "The folder is looked at every two seconds.",
    runNetwork: "Take its network",
    runNetworkAbout: "Opens the run's network with its last weights, to be tried and trained further.",
    runTaken: "The run's network is open.",
    runAbsent: "The run has no last.safetensors yet.",
    runNotOurs: (model: string) =>
      `run: expected a network that this page has, got ${model}; its curves are shown`,
    steps: (n: number) => `${count(n)} steps`,
    close: "Close the run",
  },
};

/** All texts of the page. */
export type Text = typeof en;
