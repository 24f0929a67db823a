/** A number with what it counts, as one says it: "1 picture", "1,234 pictures", "3 entries". It knows no
 *  irregular word that it is not told. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? one : many}`
