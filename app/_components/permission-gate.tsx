/** Shows an action to users who may perform it, and to others one sentence that says why they may not. The
 *  permissions themselves are in current-user.ts. */
import type { ReactNode } from 'react'
import type { Scope } from '#lib/contracts/contract.ts'
import type { CurrentUser } from '../current-user.ts'

type PermissionGateProps = {
  readonly user: CurrentUser
  readonly scope: Scope
  /** Follows "cannot": "start a training run". */
  readonly action: string
  readonly children?: ReactNode
}

export function PermissionGate({ user, scope, action, children }: PermissionGateProps) {
  const reason = user.denialReason(scope, action)
  return reason === null ? (
    <>{children}</>
  ) : (
    <p className="small muted" role="note">
      {reason}
    </p>
  )
}
