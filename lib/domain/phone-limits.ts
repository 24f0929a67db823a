/** What one phone link may send, whatever becomes of it. */

export const MOST_LINK_IMAGES = 1_000
export const MOST_LINK_BYTES = 500 * 1024 ** 2
/** Of one request: a recording. */
export const MOST_REQUEST_IMAGES = 60
