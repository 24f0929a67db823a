/** Whether there are enough images: a sentence, and the accuracy by the number of images as a chart. */
import Link from 'next/link'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { Chart } from '#lib/ui/chart.tsx'
import { numberText } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'
import { changeText, curveSentence, overall } from './learning-curve-text.ts'

const VERDICTS = { helps: 'Helps', no_help: 'Will not help', unclear: 'Not certain yet' } as const

export async function LearningCurve({ classifier }: { readonly classifier: string }) {
  const {
    curves,
    computed_at: computedAt,
    is_computing: isComputing,
  } = await darkroom().queries.learningCurve({ classifier })
  if (computedAt === null) return null
  if (curves === null)
    return (
      <Card title="Enough images?">
        <p className="muted">There are too few different images to forecast what more of them would bring.</p>
      </Card>
    )
  const { all, per_class: perClass } = curves
  const forecast = all.forecast
  return (
    <Card title="Enough images?">
      <p>{curveSentence(curves).map(({ text, isClass }, i) => (isClass ? <em key={i}>{text}</em> : text))}</p>
      <Chart
        kind="line"
        level={3}
        isShare
        title="Accuracy by number of images"
        labelName="Images"
        valueName="Accuracy"
        labels={forecast.map(({ images }) => numberText({ count: images }))}
        description={`${overall(all)} Measured with 10 to 80 % of the images; the rest of the line is a forecast.`}
        series={[
          { name: 'expected', values: forecast.map(({ value }) => value) },
          { name: 'at least', values: forecast.map(({ low }) => low) },
          { name: 'at most', values: forecast.map(({ high }) => high) },
        ]}
      />
      <Table
        caption="Expected effect of more images of each class"
        rows={perClass}
        keyOf={(row) => row.class}
        columns={[
          { name: 'Class', cell: (row) => row.class },
          {
            name: 'Images',
            isNumeric: true,
            cell: ({ curve }) => (curve ? numberText({ count: curve.images }) : '–'),
          },
          {
            name: 'Added',
            isNumeric: true,
            cell: ({ curve }) => (curve ? numberText({ count: curve.more }) : '–'),
          },
          { name: 'Recall', cell: ({ curve }) => (curve ? changeText(curve) : 'Too few images') },
          { name: 'Effect', cell: ({ curve }) => (curve ? VERDICTS[curve.verdict] : '–') },
        ]}
      />
      {isComputing && (
        <p className="small muted">
          The images are being checked, after which the forecast may change.{' '}
          <Link className="link" href={classifierPage(classifier, 'images/findings')}>
            Show progress
          </Link>
        </p>
      )}
      <p className="small muted">
        This assumes that the other classes grow in proportion. Training on parts of the images, with the
        features of the live version, shows how the accuracy grows.
      </p>
    </Card>
  )
}
