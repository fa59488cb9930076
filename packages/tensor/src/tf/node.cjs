// TensorFlow.js in Node, by `require`: `import` of a CommonJS package first reads all of its files for the names of their exports, which takes
// three times as long as to run them, at each start of a program.
exports.tf = require("@tensorflow/tfjs");
