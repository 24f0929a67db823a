/** How good a version is, in a sentence; how that was measured; and its mistakes as images. */
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { confidentText } from '#lib/domain/evaluation/confident-share.ts'
import { versionResultOf } from '../version-result-of.ts'
import { EvaluatedTiles } from './evaluated-tiles.tsx'
import { resultStatements, type VersionResultAnswer } from './version-result-text.ts'

type Mistakes = NonNullable<NonNullable<VersionResultAnswer['test']>['mistakes']>

/** Shows nothing where the version was deleted or never measured: the page says so elsewhere. */
export async function VersionResult({ id }: { readonly id: string }) {
  const result = await versionResultOf(id)
  if (!result) return null
  const statements = resultStatements(result)
  const mistakes = mistakesOf(result)
  return (
    <div className="stack">
      {statements.map(({ accuracy, method }) => (
        <div key={method} className="grid gap-1">
          <p className="text-lg font-semibold">{accuracy}</p>
          <p className="small muted">{method}</p>
        </div>
      ))}
      {result.confident && <p>{confidentText(result.confident)}</p>}
      {mistakes && <MistakeTiles {...mistakes} of={result} />}
    </div>
  )
}

/** On test images where they are known, else of the cross-validation. */
function mistakesOf({ test, cross_validation: folds }: VersionResultAnswer) {
  if (test?.mistakes) return { source: 'test', images: test.images, mistakes: test.mistakes } as const
  if (!folds?.mistakes) return null
  return { source: 'cross_validation', images: folds.images, mistakes: folds.mistakes } as const
}

/** lib/ui/narrow-and-print.css hides the others there. */
const FEWEST_ON_PHONES = 3

type MistakeTilesProps = {
  readonly mistakes: Mistakes
  readonly images: number
  readonly of: Pick<VersionResultAnswer, 'classifier' | 'version'>
  readonly source: 'test' | 'cross_validation'
}

function MistakeTiles({
  mistakes: { count, images: shown },
  images,
  of: { classifier, version },
  source,
}: MistakeTilesProps) {
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
        The most confident mistakes come first. Is the label of each correct? Select an image to change its
        label or to exclude it. Where the labels are correct, more images like these help.
      </p>
      <EvaluatedTiles classifier={classifier} images={shown} isShort />
      {count > FEWEST_ON_PHONES && (
        <p className="small">
          <Link
            className="link"
            href={classifierPage(classifier, `versions/${version}/images`, {
              source,
              outcome: 'incorrect',
            })}
          >
            Show all {count.toLocaleString('en-GB')} mistakes
          </Link>
        </p>
      )}
    </section>
  )
}
