import { useCopy } from '../take/useCopy';

/** Copies a text, such as an id, and says so. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const [said, copy] = useCopy();
  return (
    <>
      <button type="button" className="copy" aria-label={`Copy ${what}`} onClick={() => copy(text)}>
        copy
      </button>
      <span className="quiet" aria-live="polite">
        {said && ` ${said}`}
      </span>
    </>
  );
}
