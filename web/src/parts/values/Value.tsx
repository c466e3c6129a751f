/** The longest value that is written as it is. */
const MOST_INLINE = 160;
/** The longest value on a page. */
const MOST = 8_000;

/** A JSON value. Long ones are folded, and cut off where they would be too much for a page. */
export function Value({ value }: { value: unknown }) {
  if (value === undefined) return <span className="quiet">–</span>;
  const text = JSON.stringify(value);
  if (text.length <= MOST_INLINE) return <code className="name value">{text}</code>;
  return (
    <details>
      <summary>
        {sizeOf(value)} <span className="quiet">of {text.length.toLocaleString()} characters</span>
      </summary>
      <pre className="attributes" tabIndex={0}>
        {text.slice(0, MOST)}
        {text.length > MOST && `… the first ${MOST.toLocaleString()} of ${text.length.toLocaleString()} characters`}
      </pre>
    </details>
  );
}

function sizeOf(value: unknown): string {
  if (Array.isArray(value)) return `list of ${value.length.toLocaleString()}`;
  return typeof value === 'string' ? 'text' : 'object';
}
