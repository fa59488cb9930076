// Stands for parts of TensorFlow.js that the page does not use: its engine on WebGL, its data pipelines, and its reader of graph models. A fifth of what the page would load.
export const version_webgl = "left out";
export const version_data = "left out";
export const version_converter = "left out";
