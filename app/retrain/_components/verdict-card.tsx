/** The verdict on what a training made, in words, and what came of it then: who answers today may be another since. */
import Link from 'next/link'
import type { VerdictAnswer } from '#lib/contracts/models.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { VerdictBadge } from '../../_components/run-state.tsx'

const TITLES: Readonly<Record<VerdictAnswer['kind'], (version: string, base: string) => string>> = {
  first: (version) => `${version} is the first version`,
  better: (version, base) => `${version} is better than ${base}`,
  not_worse: (version, base) => `${version} is not worse than ${base}`,
  worse: (version, base) => `${version} is worse than ${base}`,
  cannot_tell: (version, base) => `Nobody can tell whether ${version} is better than ${base}`,
}

export function VerdictCard({ run, verdict }: { readonly run: RunAnswer; readonly verdict: VerdictAnswer }) {
  const version = run.version ?? 'The new version'
  const kept = run.base_version ? `${run.base_version} went on answering.` : `${version} was not promoted.`
  return (
    <Card
      title={TITLES[verdict.kind](version, run.base_version ?? 'the one before')}
      variant={run.is_promoted ? 'accent' : 'plain'}
      aside={<VerdictBadge kind={verdict.kind} />}
      actions={
        <>
          {run.is_promoted && (
            <Link
              href={`/predict?classifier=${run.classifier}`}
              {...looksLikeButton({ variant: 'primary', size: 'small' })}
            >
              Try it
            </Link>
          )}
          <Link href={`/models?classifier=${run.classifier}`} {...looksLikeButton({ size: 'small' })}>
            {run.is_promoted ? 'All versions' : 'Compare and decide'}
          </Link>
        </>
      }
    >
      <p>{verdict.sentence}</p>
      <p className="font-semibold" role="status">
        {run.is_promoted ? `${version} was promoted.` : kept}
      </p>
    </Card>
  )
}
