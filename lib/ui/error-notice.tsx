/** An error message with its request ID, by which it can be found in the log. */
import type { ReactNode } from 'react'

export type Failure = {
  readonly detail: string
  readonly requestId?: string | null
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

export function ErrorNotice({
  failure,
  title = 'Something went wrong',
  action,
}: {
  readonly failure: Failure
  readonly title?: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <div className="notice" role="alert">
      <p className="notice-title">{title}</p>
      <p>{failure.detail}</p>
      {failure.errors && failure.errors.length > 0 && (
        <ul className="list-disc pl-5">
          {failure.errors.map((one) => (
            <li key={`${one.path} ${one.message}`}>
              {one.path ? `${one.path}: ` : ''}
              {one.message}
            </li>
          ))}
        </ul>
      )}
      {failure.requestId && <p className="caption">Request ID: {failure.requestId}</p>}
      {action && <div className="row">{action}</div>}
    </div>
  )
}

/** Information that is not an error. */
export function Notice({ title, children }: { readonly title?: string; readonly children: ReactNode }) {
  return (
    <div className="notice" data-variant="info">
      {title && <p className="notice-title">{title}</p>}
      <div>{children}</div>
    </div>
  )
}
