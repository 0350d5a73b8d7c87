import { nn, optim } from "adjoint";
import type { ModelKind } from "./options.js";

/** The network: images `[batch, 1, 28, 28]` give one logit for each digit, `[batch, 10]`. */
export function createModel(kind: ModelKind): nn.Sequential {
  if (kind === "mlp") {
    return new nn.Sequential(new nn.Flatten(), new nn.Linear(784, 50), new nn.ReLU(), new nn.Linear(50, 10));
  }
  return new nn.Sequential(
    new nn.Conv2d(1, 30, 5), // [batch, 30, 24, 24]
    new nn.ReLU(),
    new nn.MaxPool2d(2), // [batch, 30, 12, 12]
    new nn.Flatten(),
    new nn.Linear(4320, 100),
    new nn.ReLU(),
    new nn.Linear(100, 10),
  );
}

/** The optimizer that suits the network. */
export function createOptimizer(kind: ModelKind, model: nn.Module, lr: number): optim.SGD | optim.Adam {
  return kind === "mlp" ? new optim.SGD(model.parameters(), { lr }) : new optim.Adam(model.parameters(), { lr });
}
