import { argmax, manualSeed, nn, noGrad, oneHot, optim, reshape, type Tensor, tensor } from "./index.js";
import { expect, test } from "vitest";

/** Forty lines written for this test. */
const TEXT = `The harbour wakes before the town,
the nets are up, the lamps are down,
and every boat that slept in grey
goes out to meet the edge of day.
A gull complains above the mast,
the ropes are slipped, the knots are cast,
the engine coughs and finds its beat,
and planks are humming under feet.
My father taught me how to steer
by what the water lets you hear:
a deeper note where rocks lie near,
a softer one when all is clear.
He had no chart, he kept no log,
he found his way in rain and fog
by counting waves and naming stars
and tapping time on iron bars.
Now I have screens of green and blue
that tell me more than he once knew,
yet when the wind swings round to north
I shut them off and so go forth,
and listen as he used to do
for what is false and what is true.
At noon we haul, at three we turn,
the wake behind us starts to burn
with copper light from brim to brim,
and far ahead the hills grow dim.
We talk of prices, talk of snow,
of men we met and used to know,
of who will mend the chapel door
and who will go to sea no more.
Then evening folds the water flat,
the cook comes up and feeds the cat,
the radio sings a waltz or two
that no one asked for, no one knew.
And so we come with half a hold
of silver fish and fingers cold,
past breakwater and harbour light,
to kitchens warm against the night;
and someone asks me what I heard,
and I reply: not one false word.
`;

const alphabet = [...new Set(TEXT)].sort();
const codes = Int32Array.from(TEXT, (letter) => alphabet.indexOf(letter));

class Writer extends nn.Module<[letters: Tensor, state?: nn.LSTMState], readonly [Tensor, nn.LSTMState]> {
  readonly lstm = new nn.LSTM(alphabet.length, 128, { batchFirst: true });
  readonly output = new nn.Linear(128, alphabet.length);

  /** From letters `[batch, time]` to the scores of those that follow, `[batch, time, letters]`. */
  forward(letters: Tensor, state?: nn.LSTMState): readonly [Tensor, nn.LSTMState] {
    const [h, last] = this.lstm.forward(oneHot(letters, alphabet.length), state);
    return [this.output.forward(h), last];
  }
}

/** What the model writes after some letters, always the likeliest next. */
function written(model: Writer, start: string, length: number): string {
  return noGrad(() => {
    let text = start;
    let letters = start;
    let state: nn.LSTMState | undefined;
    while (text.length < length) {
      const read = Int32Array.from(letters, (letter) => alphabet.indexOf(letter));
      const [scores, next] = model.forward(tensor(read, { shape: [1, read.length] }), state);
      state = next;
      letters = alphabet[argmax(scores.select(1, -1), { axis: -1 }).item()];
      text += letters;
    }
    return text;
  });
}

test("an LSTM learns a text by heart, and writes it down", () => {
  manualSeed(0);
  // Each part is read from a state of zeros, so that its first letters are guesses.
  const parts = 24;
  const time = Math.floor((codes.length - 1) / parts);
  const cut = (from: number): Tensor => tensor(codes.slice(from, from + parts * time), { shape: [parts, time] });
  const [x, y] = [cut(0), reshape(cut(1), [parts * time])];
  const model = new Writer();
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.015 });
  let loss = Infinity;
  for (let step = 0; step < 150 && loss > 0.08; step++) {
    const error = nn.crossEntropy(reshape(model.forward(x)[0], [parts * time, alphabet.length]), y);
    optimizer.zeroGrad();
    error.backward();
    optim.clipGradNorm(model.parameters(), 1);
    optimizer.step();
    loss = error.item();
  }
  expect(loss).toBeLessThan(0.1);
  expect(TEXT.split("\n").length - 1).toBe(40);
  for (const from of [0, 5 * time]) {
    const part = TEXT.slice(from, from + time);
    expect(written(model, part.slice(0, 12), time)).toBe(part);
  }
});
