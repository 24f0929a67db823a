/** The camera of the device as a video, and its frames as files. Where there is none, an error says why. */
import { withShotData } from './shot-data.ts'

/** Requested from the camera, which may return another size. Networks take 224 pixels or fewer. */
const WIDTH = 640
const HEIGHT = 480
const JPEG_QUALITY = 0.92
/** Written into the images as their camera. */
const CAMERA = 'Camera of a browser'

export type CameraProblem = 'insecure' | 'unsupported' | 'refused' | 'missing' | 'busy'

const SENTENCES: Readonly<Record<CameraProblem, string>> = {
  insecure: 'Browsers allow camera access only over HTTPS or on localhost, and this page uses neither.',
  unsupported: 'This browser does not support camera access.',
  refused:
    'The browser did not allow this page to use the camera. Allow it in the site settings, then try again.',
  missing: 'No camera was found. Connect one, then try again.',
  busy: 'The camera cannot be used: another program may be using it. Close that program, then try again.',
}

/** Why the camera cannot be used; `message` is the sentence for the user. */
export class CameraUnavailable extends Error {
  readonly problem: CameraProblem

  constructor(problem: CameraProblem, cause?: unknown) {
    super(SENTENCES[problem], { cause })
    this.name = 'CameraUnavailable'
    this.problem = problem
  }
}

/** The names of the errors of getUserMedia (W3C Media Capture and Streams, §10.2). */
export function cameraProblemOf(errorName: string): CameraProblem {
  switch (errorName) {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing'
    default:
      return 'busy'
  }
}

/** @param facing of phones, which have two cameras: `environment` looks away from the user
 *  @param isSecure whether the page came by HTTPS or from localhost
 *  @throws CameraUnavailable */
export async function openCamera(
  facing: 'environment' | 'user',
  isSecure: boolean = globalThis.isSecureContext,
): Promise<MediaStream> {
  if (!isSecure) throw new CameraUnavailable('insecure')
  if (!('mediaDevices' in navigator)) throw new CameraUnavailable('unsupported')
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: facing, width: { ideal: WIDTH }, height: { ideal: HEIGHT } },
    })
  } catch (cause) {
    throw new CameraUnavailable(cameraProblemOf(cause instanceof Error ? cause.name : ''), cause)
  }
}

/** The frame that the video shows now, as a JPEG that says when it was taken; null before the first.
 *  @param name of the file, without its ending */
export function frameFile(
  video: HTMLVideoElement,
  { name, takenAt }: { readonly name: string; readonly takenAt: Date },
): File | null {
  const { videoWidth: width, videoHeight: height } = video
  if (width === 0) return null
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  canvas.getContext('2d')?.drawImage(video, 0, 0)
  // not `toBlob`: Chromium waits for idle time before it encodes, a second and more while frames are predicted
  const base64 = canvas.toDataURL('image/jpeg', JPEG_QUALITY).split(',')[1] ?? ''
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  const jpeg = withShotData(bytes, { camera: CAMERA, takenAt })
  return new File([new Uint8Array(jpeg)], `${name}.jpg`, { type: 'image/jpeg' })
}
