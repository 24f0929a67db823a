/** The part of jsfive that is used here; the package has no types. */
declare module 'jsfive' {
  export class File {
    constructor(bytes: ArrayBuffer, name: string)
    readonly attrs: Readonly<Record<string, unknown>>
    /** Null when nothing has that path. */
    get(path: string): H5Node | null
  }
  export type H5Node = {
    /** Of a group; a data set has none. */
    readonly keys?: readonly string[]
    readonly attrs: Readonly<Record<string, unknown>>
    /** Of a data set. */
    readonly shape?: readonly number[]
    readonly value?: ArrayLike<number>
    get?(path: string): H5Node | null
  }
}
