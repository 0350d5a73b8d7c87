/**
 * Buys apples and oranges with Values, and draws the graph of the price with every value and gradient.
 */
import { data, value, viz } from "adjoint";

const apple = value(100, "apple");
const apples = value(2, "number of apples");
const orange = value(150, "orange");
const oranges = value(3, "number of oranges");
const tax = value(1.1, "tax");

const appleCost = apple.mul(apples);
const orangeCost = orange.mul(oranges);
const sum = appleCost.add(orangeCost);
const price = sum.mul(tax);

price.backward();

console.log(`The price is ${price.data.toFixed(2)}. It changes by`);
for (const leaf of [apple, apples, orange, oranges, tax]) {
  console.log(`  ${leaf.grad.toFixed(1).padStart(6)} for each unit of ${leaf.label}`);
}

const svg = await viz.graphSvg(price, { names: { appleCost, orangeCost, sum, price } });
await data.makeDirectory("out");
await data.writeBytes("out/apples.svg", svg);
console.log("The graph is in out/apples.svg");
