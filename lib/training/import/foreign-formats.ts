/** Names the format of a network that cannot be imported, so that its refusal says what it is. */

const BY_NAME: readonly (readonly [name: RegExp, sentence: string])[] = [
  [
    /(?:^|\/)saved_model\.pb$/i,
    'it is a SavedModel of TensorFlow; load it with Keras and save it with model.save("model.keras")',
  ],
  [
    /\.tflite$/i,
    'it is a TFLite model, whose layers are compiled; import the Keras or TensorFlow.js model that it was made from ' +
      '(in Teachable Machine: Export Model, Tensorflow.js or Keras)',
  ],
  [
    /\.onnx$/i,
    'it is an ONNX file; add it as a pretrained network on the page Settings to train new classifiers on it, or ' +
      'import the Keras file that it was made from',
  ],
  [
    /(?:^|\/)data\.pkl$|\.(?:pt|pth|ckpt|safetensors)$/i,
    'it is a PyTorch model, which has weights but no layers; build the network in Keras and save it as .keras',
  ],
  [
    /(?:^|\/)manifest\.json$/i,
    'it is a version of Darkroom; unpack it and use npm run import -- NAME --from FOLDER',
  ],
  [/\.(?:mlmodel|mlpackage)$/i, 'it is a Core ML model; import the Keras model that it was made from'],
  [
    /(?:^|\/)model\.json$/i,
    'it is a model.json without its weights; send it in a ZIP archive with its weight files (.bin)',
  ],
  [/\.(?:jpe?g|png|gif|webp|heic)$/i, 'it contains images but no network'],
]

const TFLITE = 'TFL3'
const PICKLE = 0x80

/** Null where it is none of these. */
export function foreignFormat(paths: readonly string[], bytes?: Uint8Array): string | null {
  const sentenceOf = (name: string): string => BY_NAME.find(([pattern]) => pattern.test(name))![1]
  if (bytes && String.fromCharCode(...bytes.subarray(4, 8)) === TFLITE) return sentenceOf('model.tflite')
  for (const [pattern, sentence] of BY_NAME) if (paths.some((path) => pattern.test(path))) return sentence
  return bytes?.[0] === PICKLE && bytes[1]! <= 5 ? sentenceOf('data.pkl') : null
}
