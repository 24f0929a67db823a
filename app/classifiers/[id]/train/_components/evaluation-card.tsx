/** The evaluation result of a training run, and whether its version was promoted then. The version that is
 *  live today may be another. */
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { VerdictAnswer } from '#lib/contracts/models.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { EvaluationBadge } from '../../../../_components/run-state.tsx'

const TITLES: Readonly<Record<VerdictAnswer['kind'], (version: string, base: string) => string>> = {
  first: (version) => `${version} is ready`,
  better: (version, base) => `${version} is better than ${base}`,
  not_worse: (version, base) => `${version} is not worse than ${base}`,
  equal: (version, base) => `${version} and ${base} are equally good as far as these images show`,
  worse: (version, base) => `${version} is worse than ${base}`,
  cannot_tell: (version, base) => `Not enough data to compare ${version} and ${base}`,
}

type EvaluationCardProps = {
  readonly run: RunAnswer
  readonly verdict: VerdictAnswer
  /** How good the version is. */
  readonly children?: ReactNode
}

export function EvaluationCard({ run, verdict, children }: EvaluationCardProps) {
  const isFirst = verdict.kind === 'first'
  const version = run.version ?? 'The new version'
  return (
    <Card
      title={TITLES[verdict.kind](version, run.base_version ?? 'the previous version')}
      variant={run.is_promoted ? 'accent' : 'plain'}
      aside={!isFirst && <EvaluationBadge kind={verdict.kind} />}
      actions={
        <>
          {run.is_promoted && (
            <Link
              href={classifierPage(run.classifier, 'predict')}
              {...buttonProps({ variant: 'primary', size: 'small' })}
            >
              Try it
            </Link>
          )}
          <Link
            href={versionsHref(run)}
            {...buttonProps({ variant: run.is_promoted ? 'plain' : 'primary', size: 'small' })}
          >
            {run.is_promoted ? 'All versions' : 'Compare versions'}
          </Link>
        </>
      }
    >
      {children}
      {!isFirst && <p>{verdict.sentence}</p>}
      <p className="font-semibold" role="status">
        {outcomeText(run, { version, isFirst, isUndecided: verdict.kind === 'cannot_tell' })}
      </p>
    </Card>
  )
}

/** The list, or the comparison with the version that stayed live. */
const versionsHref = ({
  classifier,
  is_promoted: isPromoted,
  version,
  base_version: base,
}: RunAnswer): string =>
  isPromoted || version === null || base === null
    ? classifierPage(classifier, 'versions')
    : classifierPage(classifier, 'versions/compare', { a: version, b: base })

function outcomeText(
  { is_promoted: isPromoted, base_version: base }: RunAnswer,
  {
    version,
    isFirst,
    isUndecided,
  }: { readonly version: string; readonly isFirst: boolean; readonly isUndecided: boolean },
): string {
  if (isPromoted)
    return `${version} was promoted.${isFirst ? ' Try it with an image that it has not seen.' : ''}`
  if (!base) return `${version} was not promoted.`
  const choice = isUndecided
    ? ` You can promote ${version} yourself: compare the two, for example on the images that you corrected.`
    : ''
  return `${base} stayed live.${choice}`
}
