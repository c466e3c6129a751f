/** The most characters of an object on a page. */
const MOST = 8_000;

/** A JSON object that is read on demand; nothing if it is empty. */
export function Folded({ title, of }: { title: string; of: unknown }) {
  if (of === undefined || of === null || Object.keys(of).length === 0) return null;
  const text = JSON.stringify(of, null, 2);
  return (
    <details>
      <summary>{title}</summary>
      <pre className="attributes" tabIndex={0} role="region" aria-label={title}>
        {text.slice(0, MOST)}
      </pre>
      {text.length > MOST && (
        <p className="extent">
          {MOST.toLocaleString()} of {text.length.toLocaleString()} characters: “Take it with you” has all of them
        </p>
      )}
    </details>
  );
}
