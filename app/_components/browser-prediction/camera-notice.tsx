/** Why the camera cannot be used, and how a page gets HTTPS, which browsers require for it. */
import type { CameraUnavailable } from '#lib/browser/camera.ts'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'

export function CameraNotice({ error }: { readonly error: Pick<CameraUnavailable, 'message' | 'problem'> }) {
  return (
    <div className="grid gap-3">
      <ErrorNotice title="No camera" failure={{ detail: error.message }} />
      {error.problem === 'insecure' && (
        <p className="small">
          Open this page as http://localhost on the machine that runs Darkroom, or put a reverse proxy with a
          certificate in front of it. Caddy, for example, gets and renews a certificate for a public domain
          name; on a local network it issues its own, which each device must trust once. Then set NEXTAUTH_URL
          to the new address, starting with https://.
        </p>
      )}
    </div>
  )
}
