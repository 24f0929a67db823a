/** The camera of the device as a video. It says in a sentence why there is none. */

/** Wanted of the camera; it may give another size. Networks look at 224 pixels or fewer. */
const WIDTH = 640
const HEIGHT = 480

export type CameraProblem = 'insecure' | 'unsupported' | 'refused' | 'missing' | 'busy'

const SENTENCES: Readonly<Record<CameraProblem, string>> = {
  insecure: 'Browsers give a page the camera only over HTTPS or on localhost, and this page uses neither.',
  unsupported: 'This browser offers no camera to pages.',
  refused:
    'The browser did not allow this page to use the camera. Allow it in the settings of the site, then try again.',
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
