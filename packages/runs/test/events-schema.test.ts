// The schema of events.jsonl against both sides of the contract: the types that promise the events, and the logs that runs write.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { useEngine } from "@mlpconv/tensor";
import { toyLoader, toyModel } from "@mlpconv/testing";
import { averageWeights, sgd, type TrainOptions, train } from "@mlpconv/trainer";
import { Ajv2020 } from "ajv/dist/2020.js";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseEvents } from "../src/index.js";
import { createRun } from "../src/node/index.js";

interface EventSchema {
  title: string;
  description: string;
  properties: Record<string, { type?: string; const?: string; description?: string }>;
  required: string[];
}

const root = join(import.meta.dirname, "..");
const schema = JSON.parse(readFileSync(join(root, "schema", "events.schema.json"), "utf8"));
const events: Record<string, EventSchema> = schema.$defs;
const validate = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(schema);

const readme = readFileSync(join(root, "README.md"), "utf8").split("\n## ");
const contract = readme.find((section) => section.startsWith("events.jsonl"))!;

/** The members of the type LoggedEvent as TypeScript sees them, in the words of the schema. */
const typesOf = (): Record<string, EventSchema> => {
  const path = join(root, "../trainer/src/events.ts");
  const options: ts.CompilerOptions = { strict: true, module: ts.ModuleKind.NodeNext, types: [] };
  const program = ts.createProgram([path], options);
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(path)!)!);
  const described = (symbol: ts.Symbol) =>
    ts.displayPartsToString(symbol.getDocumentationComment(checker)).replaceAll(/\s+/g, " ");
  const union = checker.getDeclaredTypeOfSymbol(exported.find(({ name }) => name === "LoggedEvent")!);
  const members = (union as ts.UnionType).types.map((type) => {
    const fields = type.getProperties();
    const properties = fields.map((field) => {
      const fieldType = checker.getNonNullableType(checker.getTypeOfSymbol(field));
      const shape = fieldType.isStringLiteral()
        ? { const: fieldType.value }
        : {
            type: checker.isArrayType(fieldType) ? "array" : checker.typeToString(fieldType),
            description: described(field),
          };
      return [field.name, shape] as const;
    });
    const optional = (field: ts.Symbol) => (field.flags & ts.SymbolFlags.Optional) !== 0;
    const event: EventSchema = {
      title: type.symbol.name,
      description: described(type.symbol),
      properties: Object.fromEntries(properties),
      required: fields.filter((field) => !optional(field)).map(({ name }) => name),
    };
    return [event.properties.type!.const!, event] as const;
  });
  return Object.fromEntries(members);
};

/** The schema without what TypeScript cannot say: ranges and whole numbers. */
const asTypes = ({ title, description, properties, required }: EventSchema): EventSchema => ({
  title,
  description,
  properties: Object.fromEntries(
    Object.entries(properties).map(([name, field]) => [
      name,
      field.const === undefined
        ? { type: field.type === "integer" ? "number" : field.type!, description: field.description! }
        : { const: field.const },
    ]),
  ),
  required: required.toSorted(),
});

describe("the schema", () => {
  const types = typesOf();

  test("has the events that are logged", () => {
    expect(Object.keys(events).toSorted()).toEqual(Object.keys(types).toSorted());
    expect(schema.oneOf.map(({ $ref }: { $ref: string }) => $ref)).toEqual(
      Object.keys(events).map((name) => `#/$defs/${name}`),
    );
  });

  test.each(Object.keys(events))("describes %s as its type and doc comments do", (name) => {
    const type = types[name]!;
    expect(asTypes(events[name]!)).toEqual({ ...type, required: type.required.toSorted() });
    for (const [field, { description }] of Object.entries(type.properties))
      if (field !== "type") expect(description, field).not.toBe("");
  });

  test.each(Object.keys(events))("has the same fields of %s as the README", (name) => {
    const row = contract.split("\n").find((line) => line.startsWith(`| \`${name}\``))!;
    const fields = [...row.split("|")[3]!.matchAll(/`(\w+)`(\?)?/g)];
    const expected = Object.keys(events[name]!.properties).filter((field) => field !== "type");
    expect(fields.map(([, field]) => field!).toSorted()).toEqual(expected.toSorted());
    const optional = fields.filter(([, , mark]) => mark).map(([, field]) => field!);
    for (const field of expected)
      expect(optional.includes(field), field).toBe(!events[name]!.required.includes(field));
  });
});

describe("every line of a run's log is valid", () => {
  let parent: string;
  beforeAll(async () => {
    await useEngine("cpu");
    parent = mkdtempSync(join(tmpdir(), "schema-"));
  });
  afterAll(() => rmSync(parent, { recursive: true }));

  /** The lines that a run writes; `stopAfter` interrupts it after that step. */
  const logOf = async (name: string, options: Partial<TrainOptions>, stopAfter = Infinity) => {
    const run = await createRun(join(parent, name), {});
    const stop = new AbortController();
    const training = train(toyModel(), {
      train: toyLoader(10, 4),
      optimizer: sgd({ learningRate: 0.5 }),
      epochs: 2,
      checkpoint: { steps: 2 },
      signal: stop.signal,
      ...options,
    });
    for await (const event of training) {
      await run.record(event);
      if (event.type === "step" && event.step === stopAfter) stop.abort();
    }
    await run.close();
    const text = readFileSync(join(run.folder, "events.jsonl"), "utf8");
    expect(text.endsWith("\n")).toBe(true);
    return text.trimEnd().split("\n");
  };
  const typesOfLines = (lines: string[]) => lines.map((line) => JSON.parse(line).type).join(" ");
  const test2 = toyLoader(6, 6, 1);

  test("also that of a change of settings", () => {
    const change = { type: "change", step: 3, epochs: 4 };
    const valid = { ...change, changes: [{ setting: "clipNorm", from: null, to: 1 }] };
    for (const line of [change, { ...valid, changes: [] }, { ...valid, changes: [{ setting: "epochs" }] }])
      expect(validate(line)).toBe(false);
    expect(validate(valid), JSON.stringify(validate.errors)).toBe(true);
    expect(parseEvents(JSON.stringify(valid), "events.jsonl")).toEqual([valid]);
  });

  test.each([
    ["with a test", { test: test2 }, Infinity, "start step step step epoch step step step epoch end"],
    [
      "with averaged weights",
      { test: test2, optimizer: averageWeights(sgd({ learningRate: 0.5 }), 0.5) },
      Infinity,
      "start step step step epoch step step step epoch end",
    ],
    ["without a test", {}, Infinity, "start step step step epoch step step step epoch end"],
    ["interrupted within an epoch", { test: test2 }, 5, "start step step step epoch step step end"],
    ["interrupted in its first step", { test: test2 }, 1, "start step end"],
  ] as const)("%s", async (name, options, stopAfter, expected) => {
    const lines = await logOf(name, options, stopAfter);
    expect(typesOfLines(lines)).toBe(expected);
    for (const line of lines) {
      validate(JSON.parse(line));
      expect(validate.errors, line).toBeNull();
    }
  });

  test("and is not without a field, with an unknown one, or with null for a number", async () => {
    for (const line of await logOf("spoiled", { test: test2 })) {
      const event = JSON.parse(line);
      expect(validate({ ...event, more: 1 })).toBe(false);
      for (const field of Object.keys(event)) {
        const { [field]: _, ...less } = event;
        // Earlier versions did not log it.
        if (field !== "batchLoss") expect(validate(less), `${line} without ${field}`).toBe(false);
        expect(validate({ ...event, [field]: null }), `${line} with null as ${field}`).toBe(false);
      }
    }
  });
});
