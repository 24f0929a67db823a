/** What to do next with a classifier, as a sentence and a button. */
import Link from 'next/link'
import type { ReactNode } from 'react'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { buttonProps } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import type { CurrentUser } from '../../../current-user.ts'
import { nextStepOf } from './next-step-of.ts'

export function NextStep({
  classifier,
  user,
  isTraining,
  children,
}: {
  readonly classifier: ClassifierAnswer
  readonly user: CurrentUser
  readonly isTraining: boolean
  /** What else is worth doing. */
  readonly children?: ReactNode
}) {
  const step = nextStepOf(classifier, {
    isTraining,
    mayUpload: user.may('upload'),
    mayTrain: user.may('train'),
  })
  if (step === null) return children
  return (
    <Card title="Next step" variant="accent">
      <div className="row justify-between">
        <p className="min-w-0 flex-1 basis-72">{step.text}</p>
        <Link href={classifierPage(classifier.id, step.section)} {...buttonProps({ variant: 'primary' })}>
          {step.button}
        </Link>
      </div>
      {children}
    </Card>
  )
}
