/** A version as the inference endpoint has it: its images are decoded and made into squares here, and the endpoint must
 *  reproduce its reference outputs. It does not decide when the endpoint is used. */
import type { PreparedImage } from '#lib/contracts/ipc.ts'
import { goldenFailure, readBundle } from '#lib/ml/formats/bundle.ts'
import { goldenSquares } from './loaded-models.ts'
import { openEndpoint, type EndpointOptions, type RunRemotely } from './open-inference-client.ts'
import { prepareAll } from './prepare-images.ts'

type RemoteVersion = {
  readonly prepare: (
    images: readonly (Uint8Array | PreparedImage)[],
    maxPixels: number,
  ) => ReturnType<typeof prepareAll>
  /** Rejects with what is wrong, unless the endpoint has this version. */
  readonly check: () => Promise<void>
  readonly run: RunRemotely
}

/** @throws Error for a version that no endpoint can have */
export async function remoteVersion(folder: string, options: EndpointOptions): Promise<RemoteVersion> {
  const bundle = await readBundle(folder)
  const { preprocess, classes, card, golden, reference } = bundle
  if (preprocess.fit === 'digit')
    throw new Error('it reads digits, whose preparation exists only in Darkroom')
  const form = {
    size: preprocess.size,
    channels: preprocess.channels,
    classes: classes.length,
    temperature: card.calibration?.temperature ?? 1,
    measuresDistance: reference !== null,
  }
  const squares = await goldenSquares(bundle)
  let run: RunRemotely | null = null
  return {
    prepare: (images, maxPixels) => prepareAll(images, preprocess, maxPixels),
    async check() {
      run = await openEndpoint(options, form)
      const outputs = await run(squares)
      const failure = goldenFailure(
        golden,
        outputs.map(({ logits }) => logits),
      )
      if (failure !== null) throw new Error(`it has another model under this name: ${failure}`)
    },
    async run(images) {
      if (run === null) throw new Error('A version is used before it was checked')
      return run(images)
    },
  }
}
