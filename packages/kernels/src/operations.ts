// The elementwise operations of the compiled kernels: which number each has, and which types of tensors it takes. A test holds the numbers to
// the enums in native/kernels.h.
import { type NumberType, numberTypes } from "./backend.js";

/** One elementwise kernel of tfjs. */
export interface Operation {
  /** Its name in the enum of native/kernels.h. */
  name: string;
  /** The types of its operands; the cpu backend's kernel has the others. */
  types: readonly NumberType[];
  /** The type of its result; default: that of its operands. */
  result?: NumberType;
}

const operation = (name: string, types: readonly NumberType[], result?: NumberType): Operation => ({
  name,
  types,
  ...(result && { result }),
});
const floats = (name: string) => operation(name, ["float32"]);
const floatsAndInts = (name: string) => operation(name, ["float32", "int32"]);
const test = (name: string) => operation(name, ["float32"], "bool");
const comparison = (name: string) => operation(name, ["float32", "int32", "bool"], "bool");

/** Operations with one operand, by the name of their tfjs kernel, in the order of `enum UnaryOp`. */
export const unaryOperations = {
  Relu: floatsAndInts("RELU"),
  Sigmoid: floats("SIGMOID"),
  Step: floats("STEP"),
  Neg: floatsAndInts("NEGATE"),
  Square: floatsAndInts("SQUARE"),
  Sqrt: floats("SQRT"),
  Exp: floats("EXP"),
  Floor: floats("FLOOR"),
  Tanh: floats("TANH"),
  Abs: floatsAndInts("ABS"),
  Ceil: floats("CEIL"),
  ClipByValue: floatsAndInts("CLIP"),
  Relu6: floatsAndInts("RELU6"),
  LeakyRelu: floats("LEAKY_RELU"),
  Elu: floats("ELU"),
  Selu: floats("SELU"),
  Reciprocal: floats("RECIPROCAL"),
  Rsqrt: floats("RSQRT"),
  Round: floats("ROUND"),
  Sign: floatsAndInts("SIGN"),
  Log: floats("LOG"),
  Log1p: floats("LOG1P"),
  Expm1: floats("EXPM1"),
  Softplus: floats("SOFTPLUS"),
  Erf: floats("ERF"),
  Sin: floats("SIN"),
  Cos: floats("COS"),
  Tan: floats("TAN"),
  Sinh: floats("SINH"),
  Cosh: floats("COSH"),
  Asin: floats("ASIN"),
  Acos: floats("ACOS"),
  Atan: floats("ATAN"),
  Asinh: floats("ASINH"),
  Acosh: floats("ACOSH"),
  Atanh: floats("ATANH"),
  IsNan: test("IS_NAN"),
  IsInf: test("IS_INF"),
  IsFinite: test("IS_FINITE"),
  LogicalNot: operation("NOT", ["bool"]),
} as const satisfies Record<string, Operation>;

/** Operations with two operands, by the name of their tfjs kernel, in the order of `enum BinaryOp`. */
export const binaryOperations = {
  Add: floatsAndInts("ADD"),
  Sub: floatsAndInts("SUBTRACT"),
  Multiply: floatsAndInts("MULTIPLY"),
  RealDiv: floats("DIVIDE"),
  Maximum: floatsAndInts("MAXIMUM"),
  Minimum: floatsAndInts("MINIMUM"),
  SigmoidGrad: floats("SIGMOID_GRAD"),
  EluGrad: floats("ELU_GRAD"),
  SquaredDifference: floatsAndInts("SQUARED_DIFFERENCE"),
  Pow: floats("POWER"),
  FloorDiv: operation("FLOOR_DIVIDE", ["float32", "int32"], "int32"),
  Mod: floatsAndInts("MODULO"),
  Prelu: floats("PRELU"),
  Atan2: floats("ATAN2"),
  Equal: comparison("EQUAL"),
  NotEqual: comparison("NOT_EQUAL"),
  Greater: comparison("GREATER"),
  GreaterEqual: comparison("GREATER_EQUAL"),
  Less: comparison("LESS"),
  LessEqual: comparison("LESS_EQUAL"),
  LogicalAnd: operation("LOGICAL_AND", ["bool"]),
  LogicalOr: operation("LOGICAL_OR", ["bool"]),
  BitwiseAnd: operation("BITWISE_AND", ["int32"]),
} as const satisfies Record<string, Operation>;

export type UnaryName = keyof typeof unaryOperations;
export type BinaryName = keyof typeof binaryOperations;

const numbered = <K extends string>(record: Readonly<Record<K, unknown>>): Readonly<Record<K, number>> =>
  Object.fromEntries(Object.keys(record).map((key, i) => [key, i])) as Record<K, number>;

/** The numbers of types and operations, for the library. */
export const numberOf = {
  type: numbered(numberTypes),
  unary: numbered(unaryOperations),
  binary: numbered(binaryOperations),
};
