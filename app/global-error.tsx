'use client'
/** When even the frame of the pages cannot be drawn: plain, and dependent on nothing. */
import './globals.css'

export default function FrameError({ error }: { readonly error: Error & { readonly digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <main className="shell-main stack">
          <h1>Darkroom cannot show its pages</h1>
          <p>
            It may be starting, or it failed. Load the page again in a moment; if this stays, the log tells
            why.
          </p>
          {error.digest && <p className="caption">request {error.digest}</p>}
        </main>
      </body>
    </html>
  )
}
