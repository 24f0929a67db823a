/** Which classes the outputs of an imported network are: as stated, else as its file says, else those of the
 *  classifier. It only decides; nothing is read or written. */
import { className } from '#lib/contracts/fields.ts'
import { DarkroomError } from '#lib/domain/errors.ts'

export type ClassSources = {
  readonly file: string
  readonly outputs: number
  /** By the person who imports it. */
  readonly stated: readonly string[] | null
  /** In the file. */
  readonly labels: readonly string[] | null
  /** Of the classifier that gets another version; empty: it has none yet; null: it is new. */
  readonly own: readonly string[] | null
}

/** @throws DarkroomError `invalid_input` */
export function classesOf({ file, outputs, stated, labels, own }: ClassSources): readonly string[] {
  const refusal = (why: string, remedy: string): DarkroomError =>
    new DarkroomError('invalid_input', { what: `${file} was not imported`, why, remedy })
  const known = own !== null && own.length > 0 ? own : null
  const chosen = stated ?? labels ?? known
  if (chosen === null)
    throw refusal(
      `it has ${outputs} outputs, and its classes are unknown`,
      'State them in the order of the outputs (flow_from_directory of Keras sorts them by name).',
    )
  const names = chosen.map((name) => className.safeParse(name))
  const bad = names.findIndex(({ success }) => !success)
  if (bad >= 0)
    throw refusal(
      `the name of its class ${bad + 1} is not valid`,
      'State the classes in the order of the outputs.',
    )
  const classes = names.flatMap(({ data }) => data ?? [])
  if (new Set(classes).size < classes.length)
    throw refusal('two of its classes have the same name', 'State the classes in the order of the outputs.')
  if (classes.length !== outputs)
    throw refusal(
      `it has ${outputs} outputs, and ${sourceOf({ stated, labels })} ${classes.length} classes`,
      'State one class for each output, in their order.',
    )
  const [extra, missing] = [
    classes.filter((name) => known !== null && !known.includes(name)),
    (known ?? []).filter((name) => !classes.includes(name)),
  ]
  if (extra.length + missing.length > 0)
    throw refusal(
      [
        ...(extra.length > 0 ? [`the classifier does not have ${quotedList(extra)}`] : []),
        ...(missing.length > 0 ? [`the network does not have ${quotedList(missing)}`] : []),
      ].join(', and '),
      'A version has exactly the classes of its classifier. State them in the order of the outputs, or import the ' +
        'network as a new classifier.',
    )
  return classes
}

const MOST_NAMED = 5

const quotedList = (names: readonly string[]): string =>
  names
    .slice(0, MOST_NAMED)
    .map((name) => `"${name}"`)
    .join(', ') + (names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '')

function sourceOf({ stated, labels }: Pick<ClassSources, 'stated' | 'labels'>): string {
  if (stated) return 'you stated'
  return labels ? 'its list of labels names' : 'the classifier has'
}
