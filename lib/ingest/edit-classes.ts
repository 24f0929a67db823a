/** Changes of the classes of a classifier: add, rename, merge, remove. Rows are changed by lib/data; a removed class
 *  stays in the predictions of versions that were trained with it (docs/decisions/0042). */
import type { Caller, Contract, Input, Output } from '#lib/contracts/contract.ts'
import type {
  addClass,
  changeClass,
  ClassListAnswer,
  manageClasses,
  removeClass,
} from '#lib/contracts/classes.ts'
import { inTrashAnswer } from '#lib/contracts/sample-changes.ts'
import type { Data } from '#lib/data/data.ts'
import { conflict, notFound } from '#lib/data/store.ts'
import type { Classifier } from '#lib/domain/classifier.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { nameOfCaller } from './caller-name.ts'

type Request = { readonly caller: Caller }
type Edit<C extends Contract> = (input: Input<C>, request?: Request) => Promise<Output<C>>

export type ClassEdits = {
  readonly addClass: Edit<typeof addClass>
  readonly changeClass: Edit<typeof changeClass>
  readonly removeClass: Edit<typeof removeClass>
}

type ClassEditParts = Pick<Data, 'classifiers' | 'classes'> & {
  readonly queries: {
    readonly manageClasses: (input: Input<typeof manageClasses>) => Promise<ClassListAnswer>
  }
}

export function createClassEdits({ classifiers, classes, queries }: ClassEditParts): ClassEdits {
  const imagesOf = async (id: string, name: string): Promise<number> =>
    (await queries.manageClasses({ id })).classes.find((one) => one.class === name)?.images ?? 0

  return {
    async addClass({ id, class: name }) {
      await classifiers.get(id)
      await classes.add(id, name)
      return queries.manageClasses({ id })
    },
    async changeClass({ id, class: name, new_name: newName, merge_into: into }, request) {
      const classifier = await knownClass(id, name)
      if ((newName === undefined) === (into === undefined))
        throw invalid('the request must either rename the class or merge it', 'Send new_name or merge_into.')
      if (name === newName) throw invalid(`it is already called "${name}"`, 'Choose another name.')
      if (name === into) throw invalid(`"${name}" cannot be merged into itself`, 'Choose another class.')
      if (into !== undefined) {
        if (!classifier.classes.includes(into)) throw notFound('class', into)
        refuseShipped(classifier, 'merged')
      }
      const by = nameOfCaller(request)
      const { changeId, images } =
        newName === undefined
          ? await classes.remove(id, { name, into: into ?? null, by })
          : await classes.rename(id, { from: name, to: newName, by })
      return { change: changeId, changed: images, ...(await queries.manageClasses({ id })) }
    },
    async removeClass({ id, class: name, with_images: withImages }, request) {
      const classifier = await knownClass(id, name)
      refuseShipped(classifier, 'removed')
      const images = await imagesOf(id, name)
      if (images > 0 && !withImages) throw hasImages(name, images)
      const outcome = await classes.remove(id, { name, into: null, by: nameOfCaller(request) })
      return {
        change: outcome.changeId,
        changed: outcome.images,
        ...inTrashAnswer(outcome.trash),
        ...(await queries.manageClasses({ id })),
      }
    },
  }

  async function knownClass(id: string, name: string): Promise<Classifier> {
    const classifier = await classifiers.get(id)
    if (!classifier.classes.includes(name)) throw notFound('class', name)
    return classifier
  }
}

/** What the versions of an example were trained on is not on this machine: a training run takes over all their
 *  classes. */
function refuseShipped({ isShipped, title }: Classifier, done: 'merged' | 'removed'): void {
  if (!isShipped) return
  throw conflict(
    `The class was not ${done}`,
    `"${title}" is an example, and the images that it was trained on are not on this machine`,
    'Rename the class, or create your own classifier with the classes that you need.',
  )
}

const hasImages = (name: string, images: number): DarkroomError =>
  new DarkroomError(
    'conflict',
    {
      what: `The class "${name}" was not removed`,
      why: `it has ${counted(images, 'image')}`,
      remedy: 'Send with_images=true to move them to the trash with it, or merge the class into another one.',
    },
    { members: { images } },
  )

const invalid = (why: string, remedy: string): DarkroomError =>
  new DarkroomError('invalid_input', { what: 'The class was not changed', why, remedy })
