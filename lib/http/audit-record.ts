/**
 * What the audit log records about a change: who, what, on which object by its name, and what was set. It
 * records no passwords, keys or tokens: only the fields listed here are recorded with their values.
 */
import type { Caller, Contract } from '#lib/contracts/contract.ts'
import { fieldsOf } from '#lib/domain/fields.ts'
import { kindOfAddress, kindOfField, type Subject } from '#lib/contracts/subjects.ts'
import type { Darkroom } from './context.ts'

type AuditNote = Parameters<Darkroom['operations']['noteChange']>[0]
type Fields = Readonly<Record<string, unknown>>

/** Fields recorded with their value. Of all other fields only the name is recorded. */
const RECORDED_WITH_VALUE: readonly string[] = [
  'role',
  'is_disabled',
  'scopes',
  'expires_at',
  'expires_in_days',
  'label',
  'split',
  'is_excluded',
  'title',
  'is_mirrorable',
  'recipe',
  'epochs',
  'from',
  'reason',
  'create',
  'DEFAULT_CLASSIFIER',
  'AUTO_PROMOTE',
  'AUTO_RETRAIN',
  'AUTO_RETRAIN_AFTER',
  'policy',
  'after',
  'auto_promote',
  'class',
  'new_name',
  'merge_into',
  'minutes',
  'may_predict',
]
/** Fields recorded elsewhere in the entry, or request bodies. */
const RECORDED_ELSEWHERE: readonly string[] = ['id', 'ids', 'classifier', 'name', 'email', 'parts', 'image']
const LONGEST_TEXT = 200
const LONGEST_DETAIL = 500

/** The object in the address, looked up before the change because the change may delete it. */
export async function subjectBefore(
  contract: Contract,
  input: unknown,
  { findSubject }: Pick<Darkroom['queries'], 'findSubject'>,
): Promise<Subject | null> {
  const kind = kindOfAddress(contract)
  const { id } = fieldsOf(input)
  return kind === null || typeof id !== 'string' ? null : findSubject(kind, id)
}

export function recordOf(
  contract: Contract,
  {
    caller,
    input,
    output,
    before,
  }: {
    readonly caller: Caller
    readonly input: unknown
    readonly output: unknown
    readonly before: Subject | null
  },
): AuditNote {
  const [sent, received] = [fieldsOf(input), fieldsOf(output)]
  const id = textOf(sent['id']) ?? textOf(received['id'])
  return {
    by: nameOf(caller, contract),
    byId: caller.id,
    action: `${contract.method} ${contract.path}`,
    subject:
      before?.name ?? nameIn(contract, sent, received) ?? (contract.scope === 'account' ? caller.name : null),
    subjectId: id,
    classifier:
      before?.classifier ??
      textOf(sent['classifier']) ??
      textOf(received['classifier']) ??
      (kindOfField(contract, 'ids') === 'classifier' ? id : null),
    detail: detailOf(sent, received),
  }
}

/** Changes that a link permits, whose owner is not logged in yet. */
const LINK_OF: Readonly<Record<string, string>> = { '/api/setup': 'setup link', '/api/reset': 'reset link' }

function nameOf({ kind, name }: Caller, { path }: Pick<Contract, 'path'>): string {
  if (kind === 'anonymous') return LINK_OF[path] ?? 'anybody'
  if (kind === 'link') return `phone link of ${name}`
  return kind === 'key' ? `key "${name}"` : `${name}`
}

/** The name of what was created: an email address, a name, a version, otherwise the classifier. */
function nameIn(contract: Contract, sent: Fields, response: Fields): string | null {
  if (Array.isArray(sent['ids'])) return `${sent['ids'].length} ${kindOfField(contract, 'ids') ?? 'thing'}s`
  const { version, classifier } = fieldsOf(response['champion'])
  if (typeof version === 'string') return `${textOf(classifier) ?? ''} ${version}`.trim()
  for (const field of ['email', 'name', 'classifier', 'id']) {
    const text = textOf(response[field]) ?? textOf(sent[field])
    if (text !== null) return text
  }
  return Object.keys(sent).join(', ').slice(0, LONGEST_TEXT) || null
}

function detailOf(sent: Fields, response: Fields): string | null {
  const set = Object.entries(sent)
    .filter(([field, value]) => value !== undefined && !RECORDED_ELSEWHERE.includes(field))
    .map(([field, value]) => (RECORDED_WITH_VALUE.includes(field) ? `${field}: ${valueText(value)}` : field))
  const message = textOf(response['message'])
  return [...set, ...(message === null ? [] : [message])].join('; ').slice(0, LONGEST_DETAIL) || null
}

function valueText(value: unknown): string {
  const single = value === null ? 'default' : String(value)
  return (Array.isArray(value) ? value.join(' and ') : single).slice(0, LONGEST_TEXT)
}
const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? value.slice(0, LONGEST_TEXT) : null
