/** For tests: networks as other programs export them, small enough to be written here. */

const utf8 = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** The files of a web export of Teachable Machine for images of 8 × 8 pixels: the first output is the red of the image
 *  as the network sees it, the others are zero. */
export function teachableExport(
  labels: readonly string[],
  size = 8,
): { readonly name: string; readonly content: Buffer }[] {
  const layers = [
    { class_name: 'InputLayer', config: { batch_input_shape: [null, size, size, 3], name: 'in' } },
    { class_name: 'GlobalAveragePooling2D', config: { name: 'mean' } },
    {
      class_name: 'Dense',
      config: { name: 'out', units: labels.length, use_bias: false, activation: 'softmax' },
    },
  ]
  const kernel = new Float32Array(3 * labels.length)
  kernel[0] = 1
  return [
    {
      name: 'model.json',
      content: utf8({
        modelTopology: { model_config: { class_name: 'Sequential', config: { layers } } },
        weightsManifest: [
          {
            paths: ['weights.bin'],
            weights: [{ name: 'out/kernel', shape: [3, labels.length], dtype: 'float32' }],
          },
        ],
      }),
    },
    { name: 'weights.bin', content: Buffer.from(kernel.buffer) },
    {
      name: 'metadata.json',
      content: utf8({
        tfjsVersion: '1.3.1',
        packageName: '@teachablemachine/image',
        modelName: 'tm-my-image-model',
        labels,
        imageSize: size,
      }),
    },
  ]
}
