/** Examines the ONNX file that a person uploaded, and later makes it a pretrained network with the features that the
 *  person chose. */
import { DarkroomError, isDarkroomError } from '#lib/domain/errors.ts'
import type { NetworkPorts } from '../install-network.ts'
import { discardUpload, notePreview, noteRefusal, readUpload, uploadedFile } from '../uploaded-onnx.ts'
import type { OnnxInspection } from './inspect-onnx.ts'

export type UploadChoice = { readonly name: string; readonly value: string; readonly reading: string }

/** A file that cannot be used is an outcome, noted next to it, because trying again would not change it.
 *  @param into the folder of pretrained networks */
export async function examineUpload(into: string, ports: NetworkPorts): Promise<void> {
  try {
    const { inspection } = await inspected(into, ports)
    await notePreview(into, inspection)
  } catch (error) {
    if (!isDarkroomError(error) || error.code !== 'bad_data_file') throw error
    await noteRefusal(into, error.message)
  }
}

/** @returns the folder of the network */
export async function addUpload(
  into: string,
  { name, value, reading }: UploadChoice,
  ports: NetworkPorts,
): Promise<string> {
  const { inspection, file } = await inspected(into, ports)
  const choice = inspection.choices.find((one) => one.value === value && one.reading === reading)
  if (!choice)
    throw new DarkroomError('invalid_input', {
      what: 'No pretrained network was added',
      why: `${file} has no features "${value}" (${reading})`,
      remedy: 'Upload it again.',
    })
  const place = await ports.save(uploadedFile(into), into, {
    inspection,
    choice,
    name,
    title: name,
    fileName: file,
    trainedOn: 'unknown',
    source: `It is the ONNX file ${file} (sha256 ${inspection.sha256}).`,
    origin: ports.origin,
  })
  await discardUpload(into)
  return place
}

async function inspected(
  into: string,
  ports: NetworkPorts,
): Promise<{ readonly inspection: OnnxInspection; readonly file: string }> {
  const upload = await readUpload(into)
  if (!upload)
    throw new DarkroomError('not_found', {
      what: 'No ONNX file was examined',
      why: 'the uploaded file was discarded',
      remedy: 'Upload it again.',
    })
  const { file, ...options } = upload.request
  return { file, inspection: await ports.inspect(uploadedFile(into), { name: file, ...options }) }
}
