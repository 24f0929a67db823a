/** A text file with one class in each line, such as Teachable Machine's `0 Cat`: its classes in their order. */

export type LabelsFile = {
  readonly labels: readonly string[]
  /** Whether each line begins with its own number. */
  readonly isNumbered: boolean
}

export function labelsIn(text: string): LabelsFile {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const isNumbered = lines.length > 0 && lines.every((line, i) => line.startsWith(`${i} `))
  return {
    labels: isNumbered ? lines.map((line, i) => line.slice(`${i} `.length).trim()) : lines,
    isNumbered,
  }
}
