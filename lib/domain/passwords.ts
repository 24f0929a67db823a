/** What contracts and forms require of a new password. */

/** In characters. */
export const MIN_PASSWORD_LENGTH = 10
