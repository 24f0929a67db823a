/** The data folder and paths below it, in what one host stores and another one reads: each host may have its folder in
 *  another place. It knows no files. */

const ROOT = '$DATA_DIR'

/** The same value, in which every text that is `root` or a path below it is stored relative to it. */
export const portablePaths = (value: unknown, root: string): unknown =>
  withTexts(value, (text) =>
    text === root || text.startsWith(`${root}/`) || text.startsWith(`${root}\\`)
      ? ROOT + text.slice(root.length).replaceAll('\\', '/')
      : text,
  )

/** The same value with the paths of this host. A path from before they were stored relative stays as it is. */
export const locatedPaths = (value: unknown, root: string): unknown =>
  withTexts(value, (text) =>
    text === ROOT || text.startsWith(`${ROOT}/`) ? root + text.slice(ROOT.length) : text,
  )

const withTexts = (value: unknown, change: (text: string) => string): unknown =>
  JSON.parse(JSON.stringify(value ?? null), (_key, one: unknown) =>
    typeof one === 'string' ? change(one) : one,
  )
