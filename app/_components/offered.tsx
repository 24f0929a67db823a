/** An action for those who may do it; for everybody else one sentence that says why it is not offered. It
 *  decides no rights: the visitor knows them. */
import type { ReactNode } from 'react'
import type { Scope } from '#lib/contracts/contract.ts'
import type { Visitor } from '../visitor.ts'

type OfferedProps = {
  readonly to: Visitor
  readonly scope: Scope
  /** Follows "cannot": "start a training". */
  readonly action: string
  readonly children?: ReactNode
}

export function Offered({ to, scope, action, children }: OfferedProps) {
  const reason = to.whyNot(scope, action)
  return reason === null ? (
    <>{children}</>
  ) : (
    <p className="small muted" role="note">
      {reason}
    </p>
  )
}
