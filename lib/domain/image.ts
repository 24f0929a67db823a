/** A decoded image, the result of decoding untrusted bytes. Not a tensor: no
 *  scaling, no layout but rows of RGB. */
export type RgbImage = {
  readonly width: number
  readonly height: number
  /** `height × width × 3` bytes, row by row, sRGB, 8 bit, no alpha. */
  readonly data: Uint8Array
}

/** Why an image shows nothing that could be classified: it has no content, or more than one digit. */
export type ImageProblem = 'blank' | 'several_digits'
