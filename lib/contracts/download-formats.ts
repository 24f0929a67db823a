/** The forms in which a version can be downloaded. */

/** For programs that serve models: any that runs ONNX, NVIDIA Triton, KServe, Ray Serve. */
export const SERVING_TARGETS = ['onnx-serving', 'triton', 'kserve', 'ray'] as const
export type ServingTarget = (typeof SERVING_TARGETS)[number]

export const DOWNLOAD_FORMATS = ['bundle', 'tfjs', 'onnx', 'python', 'webpage', ...SERVING_TARGETS] as const
