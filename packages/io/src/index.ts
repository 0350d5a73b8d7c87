export {
  decodeSafetensors,
  type DecodeSafetensorsOptions,
  encodeSafetensors,
  type EncodeSafetensorsOptions,
  loadSafetensors,
  type NamedTensors,
  type Safetensors,
  saveSafetensors,
} from "./safetensors.js";
