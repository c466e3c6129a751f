import type { Failed } from '../api/client';

interface FailureProps {
  failed: Failed;
  retry(): void;
}

/** What to do, by the reason of an error (docs/api/errors.md). */
const ADVICE: Record<string, string> = {
  AS_OF_UNAVAILABLE: 'This moment has not come yet: go to “now”.',
  CANCELLED: 'Ask again when you want the answer.',
  LIMIT_EXCEEDED: 'Ask for less: a smaller page, fewer levels, or one kind only.',
  NOT_FOUND: 'Check the reference, or look at a later moment.',
  UNAVAILABLE: 'The server is busy or starting: ask again.',
};

export function Failure({ failed, retry }: FailureProps) {
  const advice = failed.isRefused ? 'Enter a token at the top of the page.' : ADVICE[failed.reason];
  const code = [failed.code, failed.reason].filter(Boolean).join(' · ');
  return (
    <div className="failure" role="alert" data-state="failed">
      <p>
        <strong>{failed.message}</strong> {advice}
      </p>
      <p className="quiet">
        {code && <code>{code}</code>}{' '}
        <button type="button" onClick={retry}>
          Ask again
        </button>
      </p>
    </div>
  );
}
