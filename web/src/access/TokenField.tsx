import { type FormEvent, useState } from 'react';

interface TokenFieldProps {
  token: string | null;
  /** The server answered 401 to the last request. */
  refused: boolean;
  onChange(token: string | null): void;
}

/** Asks for the bearer token after the server has rejected a request, and forgets it on request. */
export function TokenField({ token, refused, onChange }: TokenFieldProps) {
  const [typed, setTyped] = useState('');
  const [isShown, setShown] = useState(false);

  function submit(event: FormEvent) {
    event.preventDefault();
    onChange(typed.trim() || null);
    setTyped('');
  }

  if (token !== null && !refused) {
    return (
      <div className="token">
        <span className="token-hint">token in use</span>
        <button type="button" className="token-button" onClick={() => onChange(null)}>
          Forget
        </button>
      </div>
    );
  }
  return (
    <form className="token" onSubmit={submit}>
      <label className="token-hint" htmlFor="token">
        {token === null ? 'This server requires a token' : 'The server rejected this token'}
      </label>
      <input
        id="token"
        className="token-input"
        type={isShown ? 'text' : 'password'}
        autoComplete="off"
        spellCheck={false}
        placeholder="bearer token"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <button type="button" className="token-button" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
        Show
      </button>
      <button type="submit" className="token-button" disabled={typed.trim() === ''}>
        Use
      </button>
    </form>
  );
}
