'use client'
/** Shown when the layout itself fails; depends on nothing but the style sheet. */
import './globals.css'

export default function FrameError({ error }: { readonly error: Error & { readonly digest?: string } }) {
  return (
    <html lang="en">
      <body>
        <main className="shell-main stack">
          <h1>Darkroom is not available</h1>
          <p>It may still be starting. Reload the page in a moment. If the error persists, check the log.</p>
          {error.digest && <p className="caption">Request ID: {error.digest}</p>}
        </main>
      </body>
    </html>
  )
}
