import { sourcesAndPrograms } from "../../vitest.base.js";

export default sourcesAndPrograms();
