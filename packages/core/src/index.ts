export { AdjointError, ArgumentError, DTypeError, FormatError, GradientError, IndexError, ShapeError } from "./errors.js";
