/** What does something when pressed. What leads elsewhere is a link, which may look the same by `looksLikeButton`. */
import type { ComponentProps } from 'react'

export type ButtonVariant = 'primary' | 'plain' | 'quiet' | 'danger'
export type ButtonSize = 'small' | 'normal'
type Looks = { readonly variant?: ButtonVariant; readonly size?: ButtonSize }

/** Attributes for a link that looks like a button. */
export const looksLikeButton = ({ variant = 'plain', size = 'normal' }: Looks = {}) =>
  ({ className: 'button', 'data-variant': variant, 'data-size': size }) as const

export function Button({
  variant,
  size,
  isBusy = false,
  disabled,
  type = 'button',
  ...rest
}: ComponentProps<'button'> & Looks & { readonly isBusy?: boolean }) {
  return (
    <button
      {...looksLikeButton({ variant, size })}
      type={type}
      aria-busy={isBusy || undefined}
      disabled={disabled || isBusy}
      {...rest}
    />
  )
}
