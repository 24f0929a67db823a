/** Sample images: a row per class, or many of one class. */
import Link from 'next/link'
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { darkroom } from '#lib/http/context.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ImageTile } from '#lib/ui/image-tile.tsx'
import { ClassChoice } from './class-choice.tsx'

const PER_CLASS = 6
const OF_ONE_CLASS = 36
/** Beyond that, classes are shown on selection only. */
const MAX_ROWS = 12
const MAX_LINKS = 12
const ALL_CLASSES = 'All classes'
/** Six tiles take two lines on a phone. */
const SMALL_TILES = 'max-w-[min(100%,40rem)] grid-cols-[repeat(auto-fill,minmax(5rem,1fr))]'

type ClassSamplesProps = {
  readonly classifier: string
  readonly counts: readonly { readonly name: string; readonly count: number }[]
  readonly chosen: string | undefined
}

export async function ClassSamples({ classifier, counts, chosen }: ClassSamplesProps) {
  const samplesOf = async (label: string, limit: number) =>
    (await darkroom().queries.listSamples({ classifier, label, limit })).samples
  const addressOfClass = (name: string | undefined) =>
    `${classifierPage(classifier, 'images/insights', { class: name })}#samples`
  const shown = chosen
    ? [{ name: chosen, samples: await samplesOf(chosen, OF_ONE_CLASS) }]
    : await Promise.all(
        counts
          .slice(0, MAX_ROWS)
          .map(async ({ name }) => ({ name, samples: await samplesOf(name, PER_CLASS) })),
      )
  return (
    <Card title="Sample images" id="samples">
      {counts.length > MAX_LINKS ? (
        <ClassChoice
          selected={chosen ?? ALL_CLASSES}
          choices={[
            { name: ALL_CLASSES, address: addressOfClass(undefined) },
            ...counts.map(({ name }) => ({ name, address: addressOfClass(name) })),
          ]}
        />
      ) : (
        <nav className="row gap-1" aria-label="Show one class">
          {[undefined, ...counts.map(({ name }) => name)].map((name) => (
            <Link
              key={name ?? ''}
              href={addressOfClass(name)}
              scroll={false}
              aria-current={name === chosen ? 'page' : undefined}
              {...buttonProps({ size: 'small', variant: name === chosen ? 'primary' : 'quiet' })}
            >
              {name ?? ALL_CLASSES}
            </Link>
          ))}
        </nav>
      )}
      {shown.map(({ name, samples }) => (
        <section key={name} className="grid grid-cols-[minmax(0,1fr)] gap-2" aria-label={`Images of ${name}`}>
          <h3>
            {name}{' '}
            <span className="small muted font-normal">
              {counted(counts.find((one) => one.name === name)?.count ?? 0, 'image')}
            </span>
          </h3>
          {samples.length === 0 ? (
            <p className="small muted">There are no images of this class.</p>
          ) : (
            <div className={chosen ? 'tiles' : `tiles ${SMALL_TILES}`}>
              {samples.map((one) => (
                <SampleTile key={one.id} sample={one} showSplit={chosen !== undefined} />
              ))}
            </div>
          )}
        </section>
      ))}
      {!chosen && counts.length > MAX_ROWS && (
        <p className="small muted">
          The first {MAX_ROWS} of {counts.length} classes. Select another class above.
        </p>
      )}
    </Card>
  )
}

const SPLITS = { train: 'Training', validation: 'Validation', test: 'Test' } as const

function SampleTile({
  sample: { image_url: url, label, filename, width, height, split },
  showSplit,
}: {
  sample: SampleAnswer
  showSplit: boolean
}) {
  const name = label ?? 'unlabelled'
  return (
    <ImageTile
      src={`${url}?size=160`}
      alt={filename ? `${name}, ${filename}` : name}
      pixels={Math.max(width, height)}
    >
      {showSplit && split !== null && <span className="muted">{SPLITS[split]}</span>}
    </ImageTile>
  )
}
