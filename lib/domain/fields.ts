/** The fields of an unknown value, such as parsed JSON. It does not check their
 *  types. */

/** No fields when it is not an object. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}
