// A program that the tests start beside others: looks for the fake data set in the places given as JSON, prints how much it has.
import { findData } from "../src/find/find-data.js";

const signal = new AbortController().signal;
// An error is printed and not thrown: the process ends when nothing is left to wait for, such as an open connection.
try {
  const { train } = await findData(
    { root: undefined, download: true, signal, onEvent: ({ message }) => console.error(message) },
    JSON.parse(process.argv[2]!),
  );
  console.log(train.images.length);
} catch (error) {
  console.error(String(error));
  process.exitCode = 1;
}
