/** The class names that a person typed: separated by commas, or a JSON list where names have commas. */
export function classesIn(text: string): readonly string[] | undefined {
  const names = listed(text).filter((name) => name !== '')
  return names.length === 0 ? undefined : names
}

function listed(text: string): readonly string[] {
  if (text.trim().startsWith('['))
    try {
      const value: unknown = JSON.parse(text)
      if (Array.isArray(value)) return value.map((name) => String(name).trim())
    } catch {
      // a name that begins with a bracket
    }
  return text.split(',').map((name) => name.trim())
}
