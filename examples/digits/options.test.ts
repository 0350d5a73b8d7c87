import { describe, expect, it } from "vitest";
import { HELP, parseOptions, UsageError } from "./options.js";

describe("parseOptions", () => {
  it("has defaults for every option, by model", () => {
    const mlp = { data: null, model: "mlp", epochs: 10, batch: 32, lr: 0.1, seed: 1, out: "out" };
    expect(parseOptions([])).toEqual(mlp);
    expect(parseOptions(["--model", "cnn"])).toEqual({ ...mlp, model: "cnn", epochs: 3, batch: 64, lr: 0.001 });
  });

  it("reads every option, with a space or an equals sign", () => {
    const words = ["--data", "d", "--epochs=2", "--batch", "8", "--lr", "1e-2", "--seed=0", "--out", "o"];
    expect(parseOptions(words)).toEqual({ data: "d", model: "mlp", epochs: 2, batch: 8, lr: 0.01, seed: 0, out: "o" });
  });

  it("gives null for help, also beside other options", () => {
    expect(parseOptions(["--epochs", "2", "--help"])).toBeNull();
    expect(parseOptions(["-h"])).toBeNull();
    expect(HELP).toContain("--data DIR");
  });

  it.each([
    [["--epochs", "0"], `--epochs is "0"; give a whole number from 1`],
    [["--epochs", "-1"], `--epochs is "-1"; give a whole number from 1`],
    [["--epochs", "ten"], `--epochs is "ten"`],
    [["--epochs", ""], `--epochs is ""`],
    [["--epochs", "1e3"], `--epochs is "1e3"`],
    [["--epochs", "99999999999999999999"], "--epochs is"],
    [["--batch", "2.5"], `--batch is "2.5"; give a whole number`],
    [["--lr", "NaN"], `--lr is "NaN"; give a positive number`],
    [["--lr", "-0.1"], `--lr is "-0.1"; give a positive number`],
    [["--lr", "0"], `--lr is "0"`],
    [["--lr", "Infinity"], `--lr is "Infinity"`],
    [["--seed", "-3"], `--seed is "-3"`],
    [["--model", "rnn"], `--model is "rnn"; give mlp or cnn`],
    [["--out", ""], `--out is ""; give the path of a directory`],
    [["--data", " "], `--data is " "`],
    [["--epochs", "1", "--epochs", "2"], "--epochs is given 2 times; give it once"],
    [["--epoch", "1"], "Unknown option '--epoch'; did you mean --epochs?"],
    [["--epocs=1"], "did you mean --epochs?"],
    [["--sede", "1"], "did you mean --seed?"],
    [["--batch-size", "1"], "did you mean --batch?"],
    [["--learning-rate", "1"], "Unknown option '--learning-rate'; see --help"],
    [["--xy"], "Unknown option '--xy'; see --help"],
    [["--epochs"], "argument missing"],
    [["mnist"], "Unexpected argument 'mnist'"],
    [["--help=yes"], "--help"],
  ])("refuses %j in one line", (words, message) => {
    let caught: unknown;
    try {
      parseOptions(words);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(UsageError);
    expect((caught as UsageError).message).toContain(message);
    expect((caught as UsageError).message).not.toContain("\n");
  });
});
