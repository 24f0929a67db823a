/** Forms with many generated images, for measuring batches. */
import { drawShape } from '#lib/domain/drawn-shapes.ts'
import { encodePng } from '#lib/images/write-png.ts'

/** The body of a form with `count` images in the field `files`, and its content type. */
export async function batchBody(
  count: number,
  firstSeed: number,
): Promise<{ body: Uint8Array<ArrayBuffer>; headers: Record<string, string> }> {
  const form = new FormData()
  for (let i = 0; i < count; i++) {
    const image = new Uint8Array(encodePng(drawShape('star', firstSeed + i)))
    form.append('files', new Blob([image], { type: 'image/png' }), `${i}.png`)
  }
  const encoded = new Response(form)
  const type = encoded.headers.get('content-type') ?? ''
  return { body: new Uint8Array(await encoded.arrayBuffer()), headers: { 'content-type': type } }
}
