import { ArgumentError, checkOptions, checkTensor, full, type Tensor, triu } from "@adjoint/core";
import { checkCount, checkGenerator, checkLayers, shown } from "./checks.js";
import { xavierUniform } from "./init.js";
import { Module } from "./module.js";
import {
  type DecoderForward,
  decoderForwardNames,
  type EncoderLayerForward,
  layerOptionNames,
  normOf,
  TransformerDecoderLayer,
  TransformerEncoderLayer,
  type TransformerLayerOptions,
} from "./transformer-layer.js";

/** Options of {@link TransformerEncoder} and {@link TransformerDecoder}. */
export interface TransformerStackOptions {
  /** What the output of the last layer goes through: a `LayerNorm`, mostly where layers have `normFirst` (default nothing). */
  readonly norm?: Module | null;
}

/** What {@link TransformerEncoder} takes beside the sequence; see {@link EncoderLayerForward}. */
export interface EncoderForward {
  /** `[length, length]` or `[batch·heads, length, length]` (default none). */
  readonly mask?: Tensor | null;
  /** `[batch, length]`, without a batch `[length]` (default none). */
  readonly srcKeyPaddingMask?: Tensor | null;
  /** Let each place attend only itself and those before, beside what the masks say (default false). */
  readonly isCausal?: boolean;
}

type Encoding<Options> = [src: Tensor, options?: Options];
type Decoding = [tgt: Tensor, memory: Tensor, options?: DecoderForward];

/** What stacks of layers have in common. */
abstract class TransformerStack<
  Inputs extends readonly unknown[],
  LayerInputs extends readonly unknown[],
> extends Module<Inputs> {
  readonly layers: readonly Module<LayerInputs>[]; // copies of the layer that was given
  readonly norm: Module | null; // behind the last layer

  constructor(layer: Module<LayerInputs>, numLayers: number, options: TransformerStackOptions) {
    super();
    const { name } = new.target;
    checkOptions(name, options, "{ norm: new LayerNorm(512) }", ["norm"]);
    const { norm = null } = options;
    checkModule(name, layer);
    this.layers = Array.from({ length: checkLayers(name, numLayers, 0) }, () => layer.clone());
    this.norm = norm && checkModule(name, norm);
  }

  /** The sequence through all layers, and the norm. */
  protected through(x: Tensor, step: (layer: Module<LayerInputs>, x: Tensor) => Tensor): Tensor {
    checkTensor(this.constructor.name, x);
    const y = this.layers.reduce((z, layer) => step(layer, z), x);
    return this.norm ? this.norm.forward(y) : y;
  }
}

function checkModule<M>(name: string, module: M): M {
  if (module instanceof Module && typeof module.forward === "function") return module;
  throw new ArgumentError("MODULE_KIND", `${name}: ${shown(module)} is no module; give a layer that extends Module`);
}

/**
 * The encoder of a transformer: `numLayers` layers one after the other, and the norm, if there is one, behind the last. The layers
 * are copies of the one given, which is not among them; they start with its numbers, as in PyTorch. Vaswani et al., 2017,
 * arXiv:1706.03762.
 *
 * `src: [length, batch, dModel]`, or as the layers take it, gives the same shape. State-dict keys begin with `layers.0.` and `norm.`.
 *
 * @throws ArgumentError `MODULE_KIND`, `SIZE_INVALID`, `OPTIONS_KIND`, `OPTION_UNKNOWN`; in `forward` what the layers throw.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { TransformerEncoder, TransformerEncoderLayer } from "@adjoint/nn";
 * const encoder = new TransformerEncoder(new TransformerEncoderLayer(8, 2, { dimFeedforward: 16 }), 3);
 * console.log(encoder.forward(ones([5, 1, 8]), { isCausal: true }).shape); // → [ 5, 1, 8 ]
 * console.log(Object.keys(encoder.stateDict())[12]); // → layers.1.self_attn.in_proj_weight
 * ```
 */
export class TransformerEncoder extends TransformerStack<Encoding<EncoderForward>, Encoding<EncoderLayerForward>> {
  constructor(
    encoderLayer: Module<Encoding<EncoderLayerForward>>,
    numLayers: number,
    options: TransformerStackOptions = {},
  ) {
    super(encoderLayer, numLayers, options);
  }

  forward(src: Tensor, options: EncoderForward = {}): Tensor {
    checkOptions("TransformerEncoder", options, "{ isCausal: true }", ["mask", "srcKeyPaddingMask", "isCausal"]);
    const { mask: srcMask, srcKeyPaddingMask, isCausal } = options;
    return this.through(src, (layer, x) => layer.forward(x, { srcMask, srcKeyPaddingMask, isCausal }));
  }
}

/**
 * The decoder of a transformer: `numLayers` layers one after the other, each of which attends the memory too, and the norm, if there
 * is one, behind the last. The layers are copies as in {@link TransformerEncoder}.
 *
 * `tgt: [length, batch, dModel]` and `memory: [memory length, batch, dModel]`, or as the layers take them, give the shape of `tgt`.
 *
 * @throws as {@link TransformerEncoder}.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { TransformerDecoder, TransformerDecoderLayer } from "@adjoint/nn";
 * const decoder = new TransformerDecoder(new TransformerDecoderLayer(8, 2, { dimFeedforward: 16 }), 2);
 * console.log(decoder.forward(ones([4, 1, 8]), ones([5, 1, 8]), { tgtIsCausal: true }).shape); // → [ 4, 1, 8 ]
 * ```
 */
export class TransformerDecoder extends TransformerStack<Decoding, Decoding> {
  constructor(decoderLayer: Module<Decoding>, numLayers: number, options: TransformerStackOptions = {}) {
    super(decoderLayer, numLayers, options);
  }

  forward(tgt: Tensor, memory: Tensor, options: DecoderForward = {}): Tensor {
    checkOptions("TransformerDecoder", options, "{ tgtIsCausal: true }", decoderForwardNames);
    return this.through(tgt, (layer, x) => layer.forward(x, memory, options));
  }
}

/** Options of {@link Transformer}. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** The features of the sequences (default 512). */
  readonly dModel?: number;
  /** The heads of each attention (default 8). */
  readonly nhead?: number;
  /** The layers of the encoder (default 6). */
  readonly numEncoderLayers?: number;
  /** The layers of the decoder (default 6). */
  readonly numDecoderLayers?: number;
  /** What stands in the place of the encoder (default none). */
  readonly customEncoder?: Module<Encoding<EncoderForward>> | null;
  /** What stands in the place of the decoder (default none). */
  readonly customDecoder?: Module<Decoding> | null;
}

/** What {@link Transformer} takes beside the two sequences: what encoder and decoder take. */
export interface TransformerForward extends DecoderForward, Pick<EncoderLayerForward, "srcMask" | "srcKeyPaddingMask"> {
  /** Let each place of the source attend only itself and those before, beside what the masks say (default false). */
  readonly srcIsCausal?: boolean;
}

/**
 * The transformer: an encoder, whose output is the memory of a decoder, `decoder(tgt, encoder(src))`, each with a norm behind its
 * last layer. Vaswani et al., 2017, arXiv:1706.03762.
 *
 * `src: [length, batch, dModel]` and `tgt: [target length, batch, dModel]`, or with `batchFirst` the batch in front, or both without a
 * batch, give the shape of `tgt`. All matrices start Xavier uniform, as in PyTorch. Embeddings, positions and the map to
 * classes are not in it.
 *
 * @throws ArgumentError as {@link TransformerEncoderLayer}, and `MODULE_KIND`; in `forward` what {@link MultiheadAttention} throws.
 * @example
 * ```ts
 * import { ones } from "@adjoint/core";
 * import { Transformer } from "@adjoint/nn";
 * const model = new Transformer({ dModel: 8, nhead: 2, numEncoderLayers: 1, numDecoderLayers: 1, dimFeedforward: 16 });
 * console.log(model.forward(ones([5, 1, 8]), ones([4, 1, 8]), { tgtIsCausal: true }).shape); // → [ 4, 1, 8 ]
 * console.log(Transformer.generateSquareSubsequentMask(2).toArray()); // → [ [ 0, -Infinity ], [ 0, 0 ] ]
 * ```
 */
export class Transformer extends Module<[src: Tensor, tgt: Tensor, options?: TransformerForward]> {
  readonly encoder: Module<Encoding<EncoderForward>>; // makes the memory of the source
  readonly decoder: Module<Decoding>; // attends the target and the memory

  constructor(options: TransformerOptions = {}) {
    super();
    const own = ["dModel", "nhead", "numEncoderLayers", "numDecoderLayers", "customEncoder", "customDecoder"];
    checkOptions("Transformer", options, "{ dModel: 64 }", [...own, ...layerOptionNames]);
    const {
      dModel = 512,
      nhead = 8,
      numEncoderLayers = 6,
      numDecoderLayers = 6,
      customEncoder,
      customDecoder,
      ...each
    } = options;
    const generator = checkGenerator("Transformer", options.generator);
    this.encoder = customEncoder
      ? checkModule("Transformer", customEncoder)
      : new TransformerEncoder(new TransformerEncoderLayer(dModel, nhead, each), numEncoderLayers, {
          norm: normOf(dModel, each),
        });
    this.decoder = customDecoder
      ? checkModule("Transformer", customDecoder)
      : new TransformerDecoder(new TransformerDecoderLayer(dModel, nhead, each), numDecoderLayers, {
          norm: normOf(dModel, each),
        });
    for (const parameter of this.parameters()) if (parameter.ndim > 1) xavierUniform(parameter, { generator });
  }

  forward(src: Tensor, tgt: Tensor, options: TransformerForward = {}): Tensor {
    checkOptions("Transformer", options, "{ tgtIsCausal: true }", [
      "srcMask",
      "srcKeyPaddingMask",
      "srcIsCausal",
      ...decoderForwardNames,
    ]);
    const { srcMask: mask, srcKeyPaddingMask, srcIsCausal: isCausal, ...decoding } = options;
    const memory = this.encoder.forward(src, { mask, srcKeyPaddingMask, isCausal });
    return this.decoder.forward(tgt, memory, decoding);
  }

  /**
   * A mask to be added, with which each place attends only itself and those before: `[size, size]`, -∞ above the diagonal, else 0. The
   * option `isCausal` does the same without a mask.
   *
   * @throws ArgumentError `SIZE_INVALID`.
   */
  static generateSquareSubsequentMask(size: number): Tensor {
    checkCount("generateSquareSubsequentMask", "size", size, 0);
    return triu(full([size, size], -Infinity), 1);
  }
}
