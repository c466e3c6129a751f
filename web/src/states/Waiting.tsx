import { useEffect, useState } from 'react';

/** Shown while the first answer of a block is awaited: nothing for the first moment, then how long it has taken. */
export function Waiting({ cancel }: { cancel(): void }) {
  const [tenths, setTenths] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTenths((before) => before + 1), 100);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="waiting" data-state="asking" aria-busy="true">
      {tenths >= 2 && (
        <p>
          Asked {(tenths / 10).toFixed(1)} s ago.{' '}
          <button type="button" onClick={cancel}>
            Cancel
          </button>
        </p>
      )}
    </div>
  );
}
