export { together as default } from "../../vitest.base.js";
