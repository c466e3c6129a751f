/** A JSON object that is read on demand; nothing if it is empty. */
export function Folded({ title, of }: { title: string; of: unknown }) {
  if (of === undefined || of === null || Object.keys(of).length === 0) return null;
  return (
    <details>
      <summary>{title}</summary>
      <pre className="attributes" tabIndex={0} role="region" aria-label={title}>
        {JSON.stringify(of, null, 2)}
      </pre>
    </details>
  );
}
