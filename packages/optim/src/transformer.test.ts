import {
  argmax,
  embedding,
  Generator,
  manualSeed,
  noGrad,
  Parameter,
  reshape,
  type Tensor,
  tensor,
} from "@adjoint/core";
import {
  crossEntropy,
  LayerNorm,
  Linear,
  Module,
  SinusoidalPositionalEncoding,
  TransformerEncoder,
  TransformerEncoderLayer,
} from "@adjoint/nn";
import { expect, test } from "vitest";
import { AdamW } from "./adam.js";
import { clipGradNorm } from "./clip.js";

/** Each line begins with a letter that no other has, so that a model can tell from it alone how the line goes on. */
const text = `A lamp was left beside the door
Boats come home on quiet water
Crows count the posts of the fence
Dust lies gold along the shelf
Every hill has a second side
Frost writes letters on the pane
Grain is heavy before rain
Hands remember the old rope
Ink dries faster than regret
Just one bell rang in the fog
Kettles sing when no one speaks
Leaves keep the shape of wind
Moss grows where the sun forgets
Nobody owns the evening light
Owls read the dark by heart
Paths are made by going back
Quiet rooms hold louder clocks
Rivers carry their own maps
Salt stays when the sea is gone
Tall grass bends and does not break
Under the bridge the water waits
Voices thin out after snow
Wells are deep because of thirst
Xylophones of ice hang from roofs
Yellow fields turn toward noon
Zinc buckets ring with early rain
and so the lamp burned on all night
by morning it was only glass
cold ash told nothing of the fire
down in the yard a dog lay still
each stone was wet and each was new
far off a train drew out its line
gates stood open to the road
hens walked out as if in charge
it was a day like any other
joy came in and took a chair
keys were found in last year's coat
laughter moved from house to house
many hands set out the bread
now the lamp is lit once more`.split("\n");

const letters = ["\n", ...new Set(text.join(""))];
const length = Math.max(...text.map((line) => line.length));

/** The letters of lines in numbers, `from` places on, each filled up to the longest. */
const numbered = (lines: readonly string[], from: number, filling: number): Tensor =>
  tensor(
    lines.map((line) => {
      const places = [...line, "\n"].slice(from).map((letter) => letters.indexOf(letter));
      return [...places, ...new Array<number>(length).fill(filling)].slice(0, length);
    }),
    { dtype: "int32" },
  );

/** A small language model: the scores of the letter after each place, `[batch, length]` to `[batch, length, letters]`. */
class Letters extends Module {
  readonly table: Parameter;
  readonly positions: SinusoidalPositionalEncoding;
  readonly encoder: TransformerEncoder;
  readonly head: Linear;

  constructor(features: number) {
    super();
    this.table = new Parameter(new Generator(1).normal([letters.length, features]));
    this.positions = new SinusoidalPositionalEncoding(features, { batchFirst: true });
    const layer = new TransformerEncoderLayer(features, 2, {
      dimFeedforward: 2 * features,
      dropout: 0,
      activation: "gelu",
      batchFirst: true,
      normFirst: true,
    });
    this.encoder = new TransformerEncoder(layer, 2, { norm: new LayerNorm(features) });
    this.head = new Linear(features, letters.length);
  }

  forward(places: Tensor): Tensor {
    const x = this.positions.forward(embedding(places, this.table));
    return this.head.forward(this.encoder.forward(x, { isCausal: true }));
  }
}

test("a causal transformer learns forty lines by heart, and says the first one", { timeout: 120_000 }, () => {
  manualSeed(7);
  const model = new Letters(64);
  const optimizer = new AdamW(model.parameters(), { lr: 4e-3, weightDecay: 0 });
  const [inputs, targets] = [numbered(text, 0, 0), numbered(text, 1, -100)];
  let loss = Infinity;
  for (let step = 0; step < 300 && loss > 0.05; step++) {
    const scores = reshape(model.forward(inputs), [inputs.size, letters.length]);
    const mean = crossEntropy(scores, reshape(targets, [targets.size]));
    optimizer.zeroGrad();
    mean.backward();
    clipGradNorm(model.parameters(), 1);
    optimizer.step();
    loss = mean.item();
  }
  expect(loss).toBeLessThan(0.1);

  model.eval();
  let said = "A";
  while (said.length < 60) {
    const scores = noGrad(() =>
      model.forward(tensor([[...said].map((letter) => letters.indexOf(letter))], { dtype: "int32" })),
    );
    const next = letters[argmax(scores.slice(0, -1)).item()];
    if (next === "\n") break;
    said += next;
  }
  expect(said).toBe(text[0]);
});
