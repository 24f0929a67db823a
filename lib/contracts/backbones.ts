/** Pretrained networks: those that are installed, those that can be downloaded, and ONNX files as further ones. */
export const NORMALISATIONS = ['imagenet', 'clip', '0..1', '-1..1', '0..255'] as const
export type Normalisation = (typeof NORMALISATIONS)[number]
