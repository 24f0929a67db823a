/** How far the confidence values of a version can be trusted: calibration, confidence threshold, candidates
 *  and unfamiliar images. Where too few validation images were available it says so instead of a number. */
import type { Card as VersionCard } from '#lib/contracts/bundle.ts'
import { confidentShare, confidentText } from '#lib/domain/evaluation/confident-share.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { int8Sentence } from '#lib/domain/evaluation/int8.ts'
import { FigureNumber, numberText } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'

const NOT_MEASURED = 'Not measured for this version. A new training run measures it.'
const TOO_FEW = 'Not measured: there were too few validation images (about 200 are enough).'

export function Reliability({ card }: { readonly card: VersionCard }) {
  const outside = card.familiarity?.foreign ?? []
  return (
    <section className="grid gap-3" aria-label="Confidence and reliability">
      <ul className="grid gap-1 list-disc pl-5">
        <li>
          <strong>Calibration.</strong> {calibrationText(card)}
        </li>
        <li>
          <strong>Confidence threshold.</strong> {thresholdText(card)}
        </li>
        <li>
          <strong>Candidates.</strong> {candidatesText(card)}
        </li>
        <li>
          <strong>Unfamiliar images.</strong> {familiarityText(card)}
        </li>
        <li>
          <strong>Precision.</strong> {int8Sentence(card.int8)}
        </li>
      </ul>
      {outside.length > 0 && (
        <Table
          caption="Images of none of its classes"
          variant="cards"
          rows={outside}
          keyOf={({ name }) => name}
          columns={[
            { name: 'Dataset', cell: ({ name }) => name },
            { name: 'Images', isNumeric: true, cell: ({ images }) => <FigureNumber count={images} /> },
            { name: 'AUROC', isNumeric: true, cell: ({ auroc }) => auroc.toFixed(3) },
            {
              name: 'Marked unfamiliar',
              isNumeric: true,
              cell: ({ found }) => (found === null ? '–' : <FigureNumber share={found} />),
            },
          ]}
        />
      )}
    </section>
  )
}

function calibrationText({ calibration }: VersionCard): string {
  if (!calibration) return TOO_FEW
  const before = (calibration.ece_before * 100).toFixed(1)
  const after = (calibration.ece_after * 100).toFixed(1)
  const caveat =
    calibration.measured_on === 'calibration'
      ? ' It was measured on the same images, so it is optimistic.'
      : ''
  return (
    `The mean calibration error fell from ${before} to ${after} points after calibration on ` +
    `${counted(calibration.images, 'validation image')}.${caveat}`
  )
}

/** The images that figures were measured on: those of a test set, or all, each by layers that never saw it. */
function measuredOn({
  folds,
  thresholds_from: from,
}: Pick<VersionCard, 'folds' | 'thresholds_from'>): string {
  if (folds) return 'the images, each left out of training in turn,'
  return from === 'test_folds'
    ? 'the test images, each judged by thresholds that were set without it,'
    : 'the test images'
}

function thresholdText(card: VersionCard): string {
  const { decision } = card
  const share = confidentShare(card)
  const isNone = share?.error === null
  if (!decision) return isNone ? confidentText(share) : TOO_FEW
  const maxError = numberText({ share: decision.target_error, digits: 0 })
  const target = `at most ${maxError} of confident predictions may be incorrect`
  if (decision.threshold === null)
    return `${isNone ? confidentText(share) : noneText(decision)} The target is that ${target}.`
  const threshold = numberText({ share: decision.threshold })
  if (decision.share_answered === null || decision.error_among_answered === null)
    return `${threshold}, so that ${target}. There were no test images to check it.`
  const covered = numberText({ share: decision.share_answered })
  const error = numberText({ share: decision.error_among_answered, digits: 2 })
  return `${threshold}, so that ${target}. ${covered} of ${measuredOn(card)} reach it; ${error} of these are incorrect.`
}

/** By splits: of the images that are needed, only some are evaluated. */
const noneText = ({ images_needed: needed }: NonNullable<VersionCard['decision']>): string =>
  `No prediction counts as confident yet. About ${counted(needed ?? 0, 'validation image')} may be enough.`

function candidatesText(card: VersionCard): string {
  const { candidates } = card
  if (candidates === undefined) return NOT_MEASURED
  if (!candidates) return TOO_FEW
  const target = numberText({ share: candidates.level, digits: 0 })
  if (!candidates.test)
    return (
      `For uncertain predictions it lists candidates that should include the correct class in ${target} of ` +
      'cases. There were no test images to check it.'
    )
  const { coverage, mean_size: size } = candidates.test
  const unsure = candidates.unsure
    ? ` For uncertain predictions: ${numberText({ share: candidates.unsure.coverage.value })}, with ` +
      `${candidates.unsure.mean_size.toFixed(1)} candidates.`
    : ''
  return (
    `The candidates should include the correct class in ${target} of cases. On ${measuredOn(card)} they do in ` +
    `${numberText({ share: coverage.value })}, with ${size.toFixed(2)} candidates on average.${unsure}`
  )
}

function familiarityText(card: VersionCard): string {
  const { familiarity } = card
  if (familiarity === undefined) return NOT_MEASURED
  if (!familiarity || familiarity.threshold === null) return TOO_FEW
  const accepted = familiarity.kept
    ? ` ${numberText({ share: familiarity.kept.value })} of ${measuredOn(card)} are within this distance ` +
      '(target: 95 %).'
    : ''
  const outside =
    familiarity.foreign === null
      ? ' Detection of images of other things was not tested: no such dataset is available here.'
      : ''
  return (
    'An image is marked as unfamiliar if its distance to ' +
    `${counted(familiarity.references, 'training image')} is larger than for nearly all ` +
    `${card.thresholds_from === 'test_folds' ? 'test' : 'validation'} images.${accepted}${outside}`
  )
}
