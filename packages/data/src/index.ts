export { oneHot } from "@adjoint/core";
export { collate, type Collated } from "./collate.js";
export {
  ArrayDataset,
  type Dataset,
  type IterableDataset,
  map,
  MapDataset,
  randomSplit,
  Subset,
  subset,
  TensorDataset,
} from "./dataset.js";
export { digits, type DigitsOptions, writeDigits, type WriteDigitsOptions } from "./digits.js";
export { type FileOptions, makeDirectory, readBytes, readIdxFile, writeBytes, writeIdxFile } from "./files.js";
export type { SeedOptions } from "./generator.js";
export { encodeIdx, type IdxArray, type IdxData, parseIdx, type ParseIdxOptions } from "./idx.js";
export { DataLoader, type DataLoaderOptions } from "./loader.js";
export { type LabelledImages, loadMnist, parseMnist, type ParseMnistOptions, type TrainAndTest } from "./mnist.js";
export { RandomSampler, type Sampler, SequentialSampler } from "./sampler.js";
export {
  blobs,
  type BlobsOptions,
  circles,
  type CirclesOptions,
  type LabelledPoints,
  moons,
  type PointsOptions,
  spiral,
  type SpiralOptions,
} from "./synthetic.js";
export { normalize, type NormalizeOptions, scaleImages, type ScaleImagesOptions } from "./transforms.js";
