/** How good a version is, in a sentence; how that was measured; and its mistakes as images. */
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { ImageTile } from '#lib/ui/image-tile.tsx'
import { currentUser, resultOf } from '../current-user.ts'
import { resultStatements, type VersionResultAnswer } from './version-result-text.ts'

type Mistakes = NonNullable<NonNullable<VersionResultAnswer['cross_validation']>['mistakes']>

/** Shows nothing where the version was deleted or never measured: the page says so elsewhere. */
export async function VersionResult({ id }: { readonly id: string }) {
  const { context } = await currentUser()
  const result = await resultOf(context, () => darkroom().training.modelResult({ id }, context))
  if (!result.ok) return null
  const statements = resultStatements(result.value)
  const folds = result.value.cross_validation
  return (
    <div className="stack">
      {statements.map(({ accuracy, method }) => (
        <div key={method} className="grid gap-1">
          <p className="text-lg font-semibold">{accuracy}</p>
          <p className="small muted">{method}</p>
        </div>
      ))}
      {folds?.mistakes && (
        <MistakeTiles mistakes={folds.mistakes} images={folds.images} classifier={result.value.classifier} />
      )}
    </div>
  )
}

type MistakeTilesProps = {
  readonly mistakes: Mistakes
  readonly images: number
  readonly classifier: string
}

function MistakeTiles({ mistakes: { count, images: shown }, images, classifier }: MistakeTilesProps) {
  if (count === 0) return <p>No mistakes.</p>
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-2" aria-label="Mistakes">
      <h3>
        Mistakes{' '}
        <span className="small muted font-normal">
          {count.toLocaleString('en-GB')} of {images.toLocaleString('en-GB')} images
        </span>
      </h3>
      <p className="small muted">
        The most confident mistakes come first. Is each label correct, and can you see the difference
        yourself? More images like these help.
      </p>
      <div className="tiles">
        {shown.map((one) => (
          <ImageTile
            key={one.sample_id}
            src={`${one.image_url}?size=160`}
            alt={one.filename ?? `image of ${one.label}`}
          >
            labelled <strong>{one.label}</strong>, predicted <strong>{one.predicted}</strong>{' '}
            <FigureNumber share={one.confidence} digits={0} />
          </ImageTile>
        ))}
      </div>
      {count > shown.length && (
        <p className="small">
          Showing {shown.length} of {count.toLocaleString('en-GB')} mistakes.{' '}
          <Link className="link" href={classifierPage(classifier, 'images/insights')}>
            Show the images of each class
          </Link>
        </p>
      )}
    </section>
  )
}
