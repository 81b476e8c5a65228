/**
 * Training by forward gradients: a direction is sampled, one run of the compiled loss gives its value and slope there, and the
 * parameters move along the direction in proportion to the slope.
 */

// Where directions come from.
export {
  activity,
  type DirectionOptions,
  type Directions,
  gaussian,
  rademacher,
  rankOne,
  type StoredOptions,
  type StructureAt,
} from "./directions.ts";
// Definition 1 and Algorithm 1.
export {
  type FgdOptions,
  type ForwardGradient,
  type ForwardGradientOptions,
  fgd,
  forwardGradient,
  type Loss,
  type LossData,
  type RequiredBatch,
  type Step,
} from "./fgd.ts";
// How far to go.
export { constant, exponentialDecay, type Schedule } from "./schedules.ts";
