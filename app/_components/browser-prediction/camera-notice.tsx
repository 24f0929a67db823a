/** Why the camera cannot be used, and how a page gets HTTPS, which browsers require for it. */
import type { CameraUnavailable } from '#lib/browser/camera.ts'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'

export function CameraNotice({ error }: { readonly error: Pick<CameraUnavailable, 'message' | 'problem'> }) {
  return (
    <div className="grid gap-3">
      <ErrorNotice title="No camera" failure={{ detail: error.message }} />
      {error.problem === 'insecure' && (
        <p className="small">
          Open this page as http://localhost on the computer that runs Darkroom, or put a reverse proxy with a
          certificate in front of Darkroom. Caddy, for example, gets a certificate for a public domain name;
          in a local network it issues its own, which each device has to trust once. Until then, you can take
          photos with the camera app and choose them here.{' '}
          <a className="link" href="/docs#https">
            How to set up HTTPS
          </a>
        </p>
      )}
    </div>
  )
}
