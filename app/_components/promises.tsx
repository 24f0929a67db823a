/** What a version promises of its answers, in words and numbers, and what these are worth on pictures it had
 *  never seen. Where too few pictures were held back it says so instead of a number. */
import type { Card as VersionCard } from '#lib/contracts/bundle.ts'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { Table } from '#lib/ui/table.tsx'

const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`
const NEVER = 'Not measured when this version was made; a training measures it.'
const TOO_FEW = 'Too few pictures were held back to measure it: 200 for validation would do.'

export function Promises({ card }: { readonly card: VersionCard }) {
  const foreign = card.familiarity?.foreign ?? []
  return (
    <section className="grid gap-3" aria-label="What its answers promise">
      <h3>What its answers promise</h3>
      <ul className="grid gap-1 list-disc pl-5">
        <li>
          <strong>How sure it says it is.</strong> {calibrated(card)}
        </li>
        <li>
          <strong>Confident.</strong> {confident(card)}
        </li>
        <li>
          <strong>Candidates.</strong> {candidates(card)}
        </li>
        <li>
          <strong>Nothing it knows.</strong> {familiar(card)}
        </li>
      </ul>
      {foreign.length > 0 && (
        <Table
          caption="Pictures that show none of its classes"
          variant="cards"
          rows={foreign}
          keyOf={({ name }) => name}
          columns={[
            { name: 'Set', cell: ({ name }) => name },
            { name: 'Pictures', isNumeric: true, cell: ({ images }) => <FigureNumber count={images} /> },
            { name: 'Told apart (AUROC)', isNumeric: true, cell: ({ auroc }) => auroc.toFixed(3) },
            {
              name: 'Said to be unfamiliar',
              isNumeric: true,
              cell: ({ found }) => (found === null ? '–' : <FigureNumber share={found} />),
            },
          ]}
        />
      )}
    </section>
  )
}

function calibrated({ calibration }: VersionCard): string {
  if (!calibration) return TOO_FEW
  const where =
    calibration.measured_on === 'calibration'
      ? ' (on the pictures that it was corrected with, which flatters)'
      : ''
  return (
    `Its confidence was off by ${(calibration.ece_before * 100).toFixed(1)} points on average and is by ` +
    `${(calibration.ece_after * 100).toFixed(1)} since it was corrected on ` +
    `${calibration.images.toLocaleString('en-GB')} held-back pictures${where}.`
  )
}

function confident({ decision }: VersionCard): string {
  if (!decision) return TOO_FEW
  const target = `at most ${percent(decision.target_error, 0)} of the answers that it calls confident may be wrong`
  if (decision.threshold === null) {
    const needed =
      decision.images_needed === null || decision.images_needed === undefined
        ? 'even its surest answers are wrong too often'
        : `about ${decision.images_needed.toLocaleString('en-GB')} validation pictures might be enough`
    return `It calls no answer confident: ${target}, and what was held back does not prove that (${needed}).`
  }
  if (decision.share_answered === null || decision.error_among_answered === null)
    return `From ${percent(decision.threshold)} on: ${target}. There were no test pictures to see what that means.`
  return (
    `From ${percent(decision.threshold)} on, so that ${target}. Of the test pictures that is ` +
    `${percent(decision.share_answered)}, and ${percent(decision.error_among_answered, 2)} of these are ` +
    'wrong.'
  )
}

function candidates({ candidates: measured }: VersionCard): string {
  if (measured === undefined) return NEVER
  if (!measured) return TOO_FEW
  if (!measured.test)
    return (
      `When it is not sure it names candidates, to hold the right class ${percent(measured.level, 0)} of ` +
      'the time. There were no test pictures to check that.'
    )
  const unsure = measured.unsure
    ? ` Of the answers that are not sure: ${percent(measured.unsure.coverage.value)}, with ` +
      `${measured.unsure.mean_size.toFixed(1)} of them.`
    : ''
  return (
    `They are to hold the right class ${percent(measured.level, 0)} of the time; on the test pictures ` +
    `they do in ${percent(measured.test.coverage.value)}, with ${measured.test.mean_size.toFixed(2)} of ` +
    `them on average.${unsure}`
  )
}

function familiar({ familiarity }: VersionCard): string {
  if (familiarity === undefined) return NEVER
  if (!familiarity || familiarity.threshold === null) return TOO_FEW
  const kept = familiarity.kept
    ? ` ${percent(familiarity.kept.value)} of the test pictures are near enough (95 % are aimed at).`
    : ''
  const foreign =
    familiarity.foreign === null
      ? ' How well it finds pictures of other things was not tried: there is no set of them here.'
      : ''
  return (
    'A picture is said to be like nothing it knows when it is further from ' +
    `${familiarity.references.toLocaleString('en-GB')} of its training pictures than nearly all that ` +
    `were held back.${kept}${foreign}`
  )
}
