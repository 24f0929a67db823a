/** Requests of the phone, with the token of its link instead of a login. */
import { MOST_REQUEST_IMAGES } from '#lib/domain/phone-limits.ts'

export type PhonePrediction = { readonly predicted_class: string; readonly confidence: number }
type ImageBatch = { readonly label: string; readonly files: readonly File[]; readonly isOneGroup: boolean }

/** Sends as many images at once as are allowed.
 *  @returns one sentence about each request */
export async function sendImages(
  token: string,
  { label, files, isOneGroup }: ImageBatch,
): Promise<readonly string[]> {
  const sentences: string[] = []
  for (let first = 0; first < files.length; first += MOST_REQUEST_IMAGES) {
    const form = new FormData()
    form.append('label', label)
    if (isOneGroup) form.append('one_group', 'true')
    for (const file of files.slice(first, first + MOST_REQUEST_IMAGES)) form.append('files', file)
    const { message, problems } = await post<{ message: string; problems: readonly string[] }>(
      token,
      '/api/phone/images',
      form,
    )
    sentences.push(message, ...problems)
  }
  return sentences
}

export function predictImage(token: string, file: File): Promise<PhonePrediction> {
  const form = new FormData()
  form.append('file', file)
  return post(token, '/api/predict', form)
}

/** The message of the error is a sentence for the user. */
async function post<T>(token: string, path: string, body: FormData): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, {
      method: 'POST',
      body,
      credentials: 'omit',
      headers: { authorization: `Bearer ${token}` },
    })
  } catch {
    throw new Error('Darkroom cannot be reached: the connection failed. Try again.')
  }
  const answer = (await response.json().catch(() => ({}))) as T & { readonly detail?: string } // as its contract says
  if (!response.ok) throw new Error(answer.detail ?? `Darkroom returned ${response.status}. Try again.`)
  return answer
}
