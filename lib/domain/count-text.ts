/** A number with its noun in the right form: "1 image", "1,234 images", "3 entries". It knows no
 *  irregular plurals; the caller gives them. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`
