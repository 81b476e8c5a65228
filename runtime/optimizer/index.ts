/**
 * Training by forward gradients: a direction is sampled, one run of the compiled loss gives its value and slope there, and the
 * parameters move along the direction in proportion to the slope.
 */

// What a run is kept in.
export type { CheckpointStore, KeptCheckpoint } from "./checkpoint.ts";
// How far to go by curvature.
export { type HyperDual, type HyperDualOptions, hyperDual } from "./curvature.ts";
// Where directions come from.
export {
  type ActivityOptions,
  activity,
  type DirectionOptions,
  type Directions,
  gaussian,
  type LayerShape,
  type Moment,
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
// How estimates move the parameters.
export {
  type AdamOptions,
  adam,
  type DecayOptions,
  type GradientPart,
  type MomentumOptions,
  momentum,
  nesterov,
  type Optimizer,
  plain,
  type UpdateStep,
} from "./optimizers.ts";
// How far to go.
export { constant, cosineDecay, exponentialDecay, type Schedule, warmUp } from "./schedules.ts";
export type { Clipping, DescentOptions, ParameterGroup } from "./stepper.ts";
export { basis, type Guess, type GuidedOptions, guided, orthogonal, projected, sphere } from "./together.ts";
// From beginning to end.
export {
  type Checkpoints,
  type ProgressDisplay,
  type Report,
  type TrainOptions,
  train,
  type Validation,
} from "./train.ts";
export type { Vector } from "./vectors.ts";
