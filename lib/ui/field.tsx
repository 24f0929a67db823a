/** Labelled form controls with hint and error. They validate nothing. */
import { useId, type ComponentProps, type ReactNode } from 'react'

type LabelProps = { readonly label: string; readonly hint?: ReactNode; readonly error?: string | undefined }

/** The ids that connect a control with its label, hint and error. */
function useControlIds({ hint, error }: LabelProps, given?: string) {
  const made = useId()
  const id = given ?? made
  const describedBy =
    [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined
  return {
    id,
    control: { id, 'aria-describedby': describedBy, 'aria-invalid': error ? true : undefined } as const,
  }
}

function Field({
  id,
  label,
  hint,
  error,
  children,
}: LabelProps & { readonly id: string; readonly children: ReactNode }) {
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

export function Input({ label, hint, error, id: given, ...rest }: LabelProps & ComponentProps<'input'>) {
  const { id, control } = useControlIds({ label, hint, error }, given)
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <input className="input" {...control} {...rest} />
    </Field>
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
}: LabelProps & { readonly options: readonly Option[] } & Omit<ComponentProps<'select'>, 'children'>) {
  const { id, control } = useControlIds({ label, hint, error }, given)
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <select className="input" {...control} {...rest}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  )
}

export function Checkbox({
  label,
  hint,
  id: given,
  ...rest
}: Omit<LabelProps, 'error'> & Omit<ComponentProps<'input'>, 'type'>) {
  const { id, control } = useControlIds({ label, hint }, given)
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
