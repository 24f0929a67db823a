/** Why a phone cannot reach this Darkroom, and what to change. */
export function NotReachable({ next }: { readonly next: string }) {
  return (
    <div className="small grid gap-2" role="note">
      <p>You opened Darkroom at an address that works on this computer only, so a phone cannot reach it.</p>
      <ol className="list-decimal pl-5">
        <li>
          Add the line <code>HOST=0.0.0.0</code> to the file <code>.env</code> in the folder of Darkroom, and
          restart Darkroom.
        </li>
        <li>
          Open this page at the address of the computer in your network, such as{' '}
          <code>http://192.168.1.20:3000</code>. {next}
        </li>
      </ol>
    </div>
  )
}
