import { logSoftmax, type Tensor, tensor } from "@adjoint/core";
import * as nn from "@adjoint/nn";
import type { Named, Outputs } from "../cases.js";
import { built, type ModuleCall, type Modules } from "./build.js";

/** The inputs of the given names in their order, whatever that of the case. */
const inOrder =
  (...names: readonly string[]): ModuleCall["run"] =>
  (module: never, inputs: Named<Tensor>): Outputs =>
    (module as nn.Module<Tensor[]>).forward(...names.map((name) => inputs[name]));

/** A class with weights: arrays among the keyword arguments, or in the state dict that will be loaded. */
const weighted =
  (loss: Parameters<typeof built>[0]): ModuleCall["make"] =>
  (attrs, params) => {
    const arrays = Object.entries(attrs as Named<unknown>).filter((entry): entry is [string, number[]] =>
      Array.isArray(entry[1]),
    );
    const tensors = arrays.map(([name, x]) => [name, tensor(x, { dtype: "float64" })] as const);
    return built(loss)({ ...attrs, ...Object.fromEntries(tensors), ...params } as Named<never>);
  };

const pair = inOrder("input", "target");
const two = inOrder("input1", "input2", "target");
const triplet = inOrder("anchor", "positive", "negative");

/** Losses. */
export const modules: Modules = {
  L1Loss: { make: built(nn.L1Loss), run: pair },
  MSELoss: { make: built(nn.MSELoss), run: pair },
  SmoothL1Loss: { make: built(nn.SmoothL1Loss), run: pair },
  HuberLoss: { make: built(nn.HuberLoss), run: pair },
  CrossEntropyLoss: { make: weighted(nn.CrossEntropyLoss), run: pair },
  NLLLoss: { make: weighted(nn.NLLLoss), run: pair },
  BCELoss: { make: weighted(nn.BCELoss), run: pair },
  BCEWithLogitsLoss: { make: weighted(nn.BCEWithLogitsLoss), run: pair },
  KLDivLoss: { make: built(nn.KLDivLoss), run: pair },
  PoissonNLLLoss: { make: built(nn.PoissonNLLLoss), run: pair },
  GaussianNLLLoss: { make: built(nn.GaussianNLLLoss), run: inOrder("input", "target", "var") },
  HingeEmbeddingLoss: { make: built(nn.HingeEmbeddingLoss), run: pair },
  MarginRankingLoss: { make: built(nn.MarginRankingLoss), run: two },
  SoftMarginLoss: { make: built(nn.SoftMarginLoss), run: pair },
  MultiMarginLoss: { make: weighted(nn.MultiMarginLoss), run: pair },
  MultiLabelMarginLoss: { make: built(nn.MultiLabelMarginLoss), run: pair },
  MultiLabelSoftMarginLoss: { make: weighted(nn.MultiLabelSoftMarginLoss), run: pair },
  CosineEmbeddingLoss: { make: built(nn.CosineEmbeddingLoss), run: two },
  TripletMarginLoss: { make: built(nn.TripletMarginLoss), run: triplet },
  TripletMarginWithDistanceLoss: { make: built(nn.TripletMarginWithDistanceLoss), run: triplet },
  CTCLoss: {
    make: built(nn.CTCLoss),
    run: (loss: nn.CTCLoss, { logits, targets, input_lengths, target_lengths }) =>
      loss.forward(logSoftmax(logits), targets, input_lengths, target_lengths),
  },
};
