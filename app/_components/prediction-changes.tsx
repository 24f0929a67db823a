/** What changes with a version: the images that it predicts differently. */
import Link from 'next/link'
import { darkroom } from '#lib/http/context.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { currentUser, resultOf } from '../current-user.ts'
import { SampleTile } from './sample-tile.tsx'

/** So many are shown at first. */
const SHOWN = 24

type PredictionChangesProps = {
  readonly id: string
  /** The version that it is compared with. */
  readonly base: string
}

const allOf = (images: number): string => (images === 1 ? 'this image' : `all ${counted(images, 'image')}`)

/** Shows nothing where the versions cannot be compared: the page says so elsewhere. */
export async function PredictionChanges({ id, base }: PredictionChangesProps) {
  const { context } = await currentUser()
  const result = await resultOf(context, () => darkroom().training.modelChanges({ id, with: base }, context))
  if (!result.ok || result.value.images === 0) return null
  const {
    classifier,
    version,
    compared_with: before,
    images,
    count,
    corrected,
    spoiled,
    changes,
  } = result.value
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-2" aria-labelledby={`changes-${id}`}>
      <h3 id={`changes-${id}`}>
        What {version} changes{' '}
        <span className="small muted font-normal">
          {count.toLocaleString('en-GB')} of {counted(images, 'image')}
        </span>
      </h3>
      <p>
        {count === 0
          ? `${version} and ${before} predict the same class for ${allOf(images)}.`
          : `${version} predicts ${counted(count, 'image')} differently from ${before}: ` +
            `${counted(corrected, 'that was wrong is', 'that were wrong are')} now right, ` +
            `${counted(spoiled, 'that was right is', 'that were right are')} now wrong.`}
      </p>
      {changes.length > 0 && (
        <div className="tiles">
          {changes.slice(0, SHOWN).map((one) => (
            <SampleTile
              key={one.sample_id}
              classifier={classifier}
              id={one.sample_id}
              src={one.image_url}
              alt={one.filename ?? `image of ${one.label}`}
            >
              labelled <strong>{one.label}</strong>: {one.before} → <strong>{one.after}</strong>{' '}
              <FigureNumber share={one.confidence} digits={0} />
            </SampleTile>
          ))}
        </div>
      )}
      {count > SHOWN && (
        <p className="small muted">
          Showing {SHOWN} of {count.toLocaleString('en-GB')}. The API returns up to 200 (
          <Link className="link" href="/docs">
            GET /api/models/{'{id}'}/changes
          </Link>
          ).
        </p>
      )}
    </section>
  )
}
