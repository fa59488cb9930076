// A program that the tests start beside others: looks for the fake data set in the places given as JSON, prints how much it has.
import { findFashionMnist } from "../src/find-fashion-mnist.js";

const signal = new AbortController().signal;
const { train } = await findFashionMnist(
  { root: undefined, download: true, signal, onEvent: ({ message }) => console.error(message) },
  JSON.parse(process.argv[2]!),
);
console.log(train.images.length);
