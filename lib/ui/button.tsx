/** A button performs an action. Navigation is a link, which buttonProps makes look like a button. */
import type { ComponentProps, MouseEvent } from 'react'

export type ButtonVariant = 'primary' | 'plain' | 'quiet' | 'danger'
export type ButtonSize = 'small' | 'normal'
type ButtonStyle = { readonly variant?: ButtonVariant; readonly size?: ButtonSize }

/** Attributes for a link that looks like a button. */
export const buttonProps = ({ variant = 'plain', size = 'normal' }: ButtonStyle = {}) =>
  ({ className: 'button', 'data-variant': variant, 'data-size': size }) as const

/** Busy, it does nothing but keeps the focus: a disabled button would drop it to the top of the page. */
export function Button({
  variant,
  size,
  isBusy = false,
  type = 'button',
  onClick,
  ...rest
}: ComponentProps<'button'> & ButtonStyle & { readonly isBusy?: boolean }) {
  return (
    <button
      {...buttonProps({ variant, size })}
      type={type}
      aria-busy={isBusy || undefined}
      aria-disabled={isBusy || undefined}
      onClick={isBusy ? ignore : onClick}
      {...rest}
    />
  )
}

/** Also keeps a form from being submitted again. */
const ignore = (event: MouseEvent): void => event.preventDefault()
