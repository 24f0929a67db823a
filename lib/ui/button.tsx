/** A button performs an action. Navigation is a link, which buttonProps makes look like a button. */
import type { ComponentProps } from 'react'

export type ButtonVariant = 'primary' | 'plain' | 'quiet' | 'danger'
export type ButtonSize = 'small' | 'normal'
type ButtonStyle = { readonly variant?: ButtonVariant; readonly size?: ButtonSize }

/** Attributes for a link that looks like a button. */
export const buttonProps = ({ variant = 'plain', size = 'normal' }: ButtonStyle = {}) =>
  ({ className: 'button', 'data-variant': variant, 'data-size': size }) as const

export function Button({
  variant,
  size,
  isBusy = false,
  disabled,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & ButtonStyle & { readonly isBusy?: boolean }) {
  return (
    <button
      {...buttonProps({ variant, size })}
      type={type}
      aria-busy={isBusy || undefined}
      disabled={disabled || isBusy}
      {...rest}
    />
  )
}
