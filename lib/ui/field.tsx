/** A labelled control with its hint and its error, and the controls that go into it. It validates nothing. */
import { useId, type ComponentProps, type ReactNode } from 'react'

type Named = { readonly label: string; readonly hint?: ReactNode; readonly error?: string | undefined }

/** Attributes that tie a control to its label, hint and error. */
function useTies({ hint, error }: Named, given?: string) {
  const made = useId()
  const id = given ?? made
  const describedBy =
    [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined
  return {
    id,
    control: { id, 'aria-describedby': describedBy, 'aria-invalid': error ? true : undefined } as const,
  }
}

function Frame({
  id,
  label,
  hint,
  error,
  children,
}: Named & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {hint && (
        <p className="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p className="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

export function Input({ label, hint, error, id: given, ...rest }: Named & ComponentProps<'input'>) {
  const { id, control } = useTies({ label, hint, error }, given)
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <input className="input" {...control} {...rest} />
    </Frame>
  )
}

export type Option = { readonly value: string; readonly label: string }

export function Select({
  label,
  hint,
  error,
  options,
  id: given,
  ...rest
}: Named & { readonly options: readonly Option[] } & Omit<ComponentProps<'select'>, 'children'>) {
  const { id, control } = useTies({ label, hint, error }, given)
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select className="input" {...control} {...rest}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Frame>
  )
}

export function Checkbox({
  label,
  hint,
  id: given,
  ...rest
}: Omit<Named, 'error'> & Omit<ComponentProps<'input'>, 'type'>) {
  const { id, control } = useTies({ label, hint }, given)
  return (
    <div className="checkbox">
      <input type="checkbox" {...control} {...rest} />
      <div>
        <label htmlFor={id}>{label}</label>
        {hint && (
          <p className="field-hint" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
    </div>
  )
}
