import { ones, type Parameter, square, sum } from "@adjoint/core";
import { Linear, Sequential } from "@adjoint/nn";
import { expect, test } from "vitest";
import { Adam, AdamW, SGD } from "./index.js";

test.each<[string, (parameters: Parameter[]) => { step(): void; zeroGrad(): void }]>([
  ["SGD", (parameters) => new SGD(parameters, { lr: 0.1, momentum: 0.9, weightDecay: 0.1 })],
  ["Adam", (parameters) => new Adam(parameters, { lr: 0.1, weightDecay: 0.1 })],
  ["AdamW", (parameters) => new AdamW(parameters, { lr: 0.1 })],
])("%s passes over what is frozen, also after steps with it, and takes it up again", (_name, make) => {
  const model = new Sequential(new Linear(2, 3), new Linear(3, 1));
  const optimizer = make(model.parameters());
  const step = (): void => {
    sum(square(model.forward(ones([4, 2])))).backward();
    optimizer.step();
    optimizer.zeroGrad();
  };
  const contents = (place: number): unknown =>
    model
      .at(place)
      .parameters()
      .map((parameter) => parameter.toArray());
  step();
  sum(square(model.forward(ones([4, 2])))).backward();
  model.at(0).freeze();
  const [first, second] = [contents(0), contents(1)];
  step();
  step();
  expect(contents(0)).toEqual(first);
  expect(contents(1)).not.toEqual(second);
  model.at(0).unfreeze();
  step();
  expect(contents(0)).not.toEqual(first);
});
