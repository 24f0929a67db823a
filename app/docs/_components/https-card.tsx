/** How a browser gets HTTPS, without which it gives no page the camera. */
import { Card } from '#lib/ui/card.tsx'

/** `tls internal`: Caddy issues the certificate itself. */
const CADDYFILE = `darkroom.local {
  tls internal
  reverse_proxy 127.0.0.1:3000
}`
const SETTINGS = `HOST=127.0.0.1
TRUST_PROXY=true
NEXTAUTH_URL=https://darkroom.local`

export function HttpsCard() {
  return (
    <Card title="HTTPS, for the camera" id="https">
      <p>
        Browsers give a page the camera only over HTTPS or on localhost. Darkroom itself speaks HTTP, so a
        reverse proxy with a certificate stands in front of it. In a local network without a public name, the
        certificate is self-signed or issued by your own authority: Caddy does this with the following{' '}
        <code>Caddyfile</code>. The name must lead to the computer, by your router or by <code>.local</code>.
      </p>
      <pre className="command" tabIndex={0} aria-label="Caddyfile">
        {CADDYFILE}
      </pre>
      <p>
        Each phone has to trust the certificate once: copy Caddy’s <code>root.crt</code> (
        <code>caddy environ</code> prints its data folder; the file is in <code>pki/authorities/local</code>)
        to the phone and install it as a CA certificate. A warning that you only dismiss is not enough for
        some browsers. Then set in the file <code>.env</code>, and restart Darkroom:
      </p>
      <pre className="command" tabIndex={0} aria-label="Settings for HTTPS">
        {SETTINGS}
      </pre>
    </Card>
  )
}
