// Loads the kernels as a program does and says what it runs on.
import { describe, library } from "../src/library.js";

await library();
console.log(describe());
