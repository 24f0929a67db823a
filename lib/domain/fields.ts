/** A value of which nothing is known, such as parsed JSON, as what can be asked for its fields. It proves nothing
 *  about what they are. */

/** No fields where it is no object. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}
