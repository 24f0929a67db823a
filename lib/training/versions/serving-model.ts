/** The model of a version for programs that serve models: one ONNX graph with preprocessing, temperature and
 *  thresholds, computed with float32. It packs no files. */
import type { Version } from '#lib/data/versions/version-values.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { thresholdsOf } from '#lib/ml/evaluate/reliability.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { servingGraph, servingHindrance } from '#lib/ml/onnx/serving-graph.ts'
import { onnxBytes, type GraphData } from '#lib/ml/onnx/writer.ts'

/** In one batch: beyond it, an image is not computed faster (docs/performance.md). */
export const MOST_IMAGES = 32

export type ServingModel = {
  readonly classifier: string
  readonly version: string
  /** Of the version: 3 of v3. */
  readonly number: number
  /** The names of today. */
  readonly classes: readonly string[]
  readonly graph: GraphData
  readonly onnx: Uint8Array
}

/** @throws DarkroomError `not_found` where a graph cannot do what the version needs; `bad_bundle` */
export async function servingModel({
  folder,
  name,
  classifierId,
  classes,
}: Pick<Version, 'folder' | 'name' | 'classifierId' | 'classes'>): Promise<ServingModel> {
  const bundle = await readBundle(folder)
  const hindrance = servingHindrance(bundle)
  if (hindrance !== null)
    throw new DarkroomError('not_found', {
      what: `${name} of "${classifierId}" is not available for other servers`,
      why: hindrance,
      remedy: 'Download it as ONNX and prepare the images yourself, or use the API.',
    })
  const graph = servingGraph({
    ...bundle,
    temperature: bundle.card.calibration?.temperature ?? 1,
    thresholds: thresholdsOf(bundle.card),
  })
  return {
    classifier: classifierId,
    version: name,
    number: Number(name.slice(1)),
    classes,
    graph,
    onnx: onnxBytes(graph),
  }
}
