import { sub } from "@adjoint/core";
import fc from "fast-check";
import { batch, labels, type LayerCase, normal, reductions, size, uniform } from "../conformance/cases.js";
import {
  MultiLabelMarginLoss,
  multilabelMarginLoss,
  MultiLabelSoftMarginLoss,
  multilabelSoftMarginLoss,
} from "./multilabel.js";

export const cases: readonly LayerCase[] = [
  {
    layer: MultiLabelMarginLoss,
    draws: fc.tuple(fc.array(batch(), { maxLength: 1 }), size(4), reductions).map(([front, classes, reduction]) => ({
      args: [{ reduction }],
      // Labels from -1 on, which ends the list, some of them twice.
      inputs: [normal([...front, classes]), sub(labels([...front, classes], classes + 1, 2), 1)],
    })),
    same: multilabelMarginLoss,
  },
  {
    layer: MultiLabelSoftMarginLoss,
    draws: fc
      .tuple(fc.array(batch(), { maxLength: 2 }), size(), reductions, fc.boolean())
      .map(([front, classes, reduction, isWeighted]) => ({
        args: [{ reduction, ...(isWeighted && { weight: uniform([classes], 0.5, 2, 2) }) }],
        inputs: [normal([...front, classes]), uniform([...front, classes], 0, 1, 1)],
      })),
    same: multilabelSoftMarginLoss,
  },
];
