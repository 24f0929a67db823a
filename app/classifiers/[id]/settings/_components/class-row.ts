/** A class as the list of classes shows it. */
import type { ClassListAnswer } from '#lib/contracts/classes.ts'

export type ClassRow = ClassListAnswer['classes'][number]
