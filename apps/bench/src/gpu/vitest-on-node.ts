// Replacement for `vitest` in bundled test suites, on machines without packages: node's test runner with vitest's assertions.
// It has only what those suites use.
import {
  after,
  afterEach,
  before,
  beforeEach,
  describe as describeOnNode,
  test as testOnNode,
} from "node:test";
import { format } from "node:util";
import {
  chai,
  GLOBAL_EXPECT,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from "@vitest/expect";
import { fn, restoreAllMocks, spyOn } from "@vitest/spy";

export { after as afterAll, afterEach, before as beforeAll, beforeEach };

class Skipped extends Error {}
const skip = (reason?: string): never => {
  throw new Skipped(reason);
};

const spy = (object: object, method: string) => {
  // Exports of a bundled module cannot be replaced.
  if (Object.getOwnPropertyDescriptor(object, method)?.configurable === false)
    skip(`${method} cannot be spied on in a bundle`);
  return (spyOn as (object: object, method: string) => unknown)(object, method);
};
export const vi = { fn, spyOn: spy, restoreAllMocks };

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
export const expect = Object.assign(
  (value: unknown, message?: string) => chai.expect(value, message),
  chai.expect,
);
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, configurable: true });
Object.assign(expect, {
  extend: (matchers: object) => (chai.expect as never as Extendable).extend(expect, matchers),
});
interface Extendable {
  extend(expect: unknown, matchers: object): void;
}
setState(
  { assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null },
  expect as never,
);

type Body = (...row: never[]) => unknown;
/** Called with (name, body) or (name, options, body); options are vitest's timeouts, which are ignored here. */
type Declare = (name: string, ...rest: unknown[]) => void;

const bodyOf = (rest: unknown[]): Body => rest.find((part) => typeof part === "function") as Body;

const declare = (name: string, body: () => unknown): void => {
  testOnNode(name, async (context) => {
    try {
      await body();
    } catch (error) {
      if (!(error instanceof Skipped)) throw error;
      context.skip(error.message);
    } finally {
      restoreAllMocks();
    }
  });
};

const titleOf = (name: string, row: readonly unknown[]): string =>
  format(name, ...row.slice(0, name.split("%").length - 1));

type Test = Declare &
  Record<"each" | "for", (rows: readonly unknown[]) => Declare> & {
    skip: Declare;
    skipIf: (condition: boolean) => Declare;
  };
export const test: Test = Object.assign(
  (name: string, ...rest: unknown[]) => declare(name, () => bodyOf(rest)(...([{ skip }] as never[]))),
  {
    each:
      (rows: readonly unknown[]): Declare =>
      (name, ...rest) => {
        for (const row of rows) {
          const values = Array.isArray(row) ? row : [row];
          declare(titleOf(name, values), () => bodyOf(rest)(...(values as never[])));
        }
      },
    for:
      (rows: readonly unknown[]): Declare =>
      (name, ...rest) => {
        for (const row of rows)
          declare(titleOf(name, Array.isArray(row) ? row : [row]), () =>
            bodyOf(rest)(...([row, { skip }] as never[])),
          );
      },
    skipIf: (condition: boolean): Declare => (condition ? (name) => test.skip(name) : test),
    skip: (name: string) => {
      testOnNode(name, { skip: true }, () => {});
    },
  },
);

export const describe = Object.assign(
  (name: string, body: () => void) => {
    describeOnNode(name, body);
  },
  {
    skipIf: (condition: boolean) => (name: string, body: () => void) => {
      describeOnNode(name, { skip: condition }, body);
    },
  },
);
