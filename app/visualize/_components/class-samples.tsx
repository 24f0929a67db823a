/** Sample pictures: a row of each class, or many of one. */
import Link from 'next/link'
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import { counted } from '#lib/domain/counted.ts'
import { darkroom } from '#lib/http/context.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ImageTile } from '#lib/ui/image-tile.tsx'
import type { Visitor } from '../../visitor.ts'
import { ClassChoice } from './class-choice.tsx'

const OF_EACH = 6
const OF_ONE = 36
/** More rows than that nobody looks through; the others are a click away. */
const MOST_ROWS = 12
const MOST_LINKS = 12
const SOME = 'some of each'
/** A row of six fits a phone in two lines. */
const SMALL_TILES = {
  gridTemplateColumns: 'repeat(auto-fill, minmax(5rem, 1fr))',
  maxWidth: 'min(100%, 40rem)',
} as const

type ClassSamplesProps = {
  readonly who: Visitor
  readonly classifier: string
  readonly counts: readonly { readonly name: string; readonly count: number }[]
  readonly chosen: string | undefined
}

export async function ClassSamples({ who, classifier, counts, chosen }: ClassSamplesProps) {
  const samplesOf = async (label: string, limit: number) =>
    (await darkroom().data.listSamples({ classifier, label, limit }, who.asked)).samples
  const addressOfClass = (name: string | undefined) =>
    `/visualize?classifier=${classifier}&view=data${name ? `&class=${encodeURIComponent(name)}` : ''}#samples`
  const shown = chosen
    ? [{ name: chosen, samples: await samplesOf(chosen, OF_ONE) }]
    : await Promise.all(
        counts
          .slice(0, MOST_ROWS)
          .map(async ({ name }) => ({ name, samples: await samplesOf(name, OF_EACH) })),
      )
  return (
    <Card title="What they look like" id="samples">
      {counts.length > MOST_LINKS ? (
        <ClassChoice
          chosen={chosen ?? SOME}
          choices={[
            { name: SOME, address: addressOfClass(undefined) },
            ...counts.map(({ name }) => ({ name, address: addressOfClass(name) })),
          ]}
        />
      ) : (
        <nav className="row" style={{ gap: '0.25rem' }} aria-label="Show one class">
          {[undefined, ...counts.map(({ name }) => name)].map((name) => (
            <Link
              key={name ?? ''}
              href={addressOfClass(name)}
              scroll={false}
              aria-current={name === chosen ? 'page' : undefined}
              {...looksLikeButton({ size: 'small', variant: name === chosen ? 'primary' : 'quiet' })}
            >
              {name ?? SOME}
            </Link>
          ))}
        </nav>
      )}
      {shown.map(({ name, samples }) => (
        <section
          key={name}
          className="grid grid-cols-[minmax(0,1fr)] gap-2"
          aria-label={`Pictures of ${name}`}
        >
          <h3>
            {name}{' '}
            <span className="small muted font-normal">
              {counted(counts.find((one) => one.name === name)?.count ?? 0, 'picture')}
            </span>
          </h3>
          {samples.length === 0 ? (
            <p className="small muted">There is no picture of this class.</p>
          ) : (
            <div className="tiles" style={chosen ? undefined : SMALL_TILES}>
              {samples.map((one) => (
                <SampleTile key={one.id} sample={one} saysSplit={chosen !== undefined} />
              ))}
            </div>
          )}
        </section>
      ))}
      {!chosen && counts.length > MOST_ROWS && (
        <p className="small muted">
          The first {MOST_ROWS} of {counts.length} classes; choose another above.
        </p>
      )}
    </Card>
  )
}

const SPLITS = { train: 'to learn from', validation: 'held back', test: 'for the test' } as const

function SampleTile({
  sample: { image_url: url, label, filename, width, height, split },
  saysSplit,
}: {
  sample: SampleAnswer
  saysSplit: boolean
}) {
  return (
    <ImageTile
      src={`${url}?size=160`}
      alt={`${label ?? 'not labelled'}${filename ? `, ${filename}` : ''}`}
      pixels={Math.max(width, height)}
    >
      {saysSplit && split !== null && <span className="muted">{SPLITS[split]}</span>}
    </ImageTile>
  )
}
