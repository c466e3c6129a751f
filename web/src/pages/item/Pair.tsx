import { useState } from 'react';

import type { Choice } from './content/pair';

interface PairProps {
  choice: Choice;
  /** The number of versions. */
  total: number;
  change(next: { v?: number; w?: number }, options: { replace: boolean }): void;
}

/** Chooses the two versions that are compared. */
export function Pair({ choice, total, change }: PairProps) {
  return (
    <span className="controls">
      <Choose name="from #" value={choice.old} total={total} pick={(v) => change({ v }, { replace: true })} />
      <Choose name="to #" value={choice.new} total={total} pick={(w) => change({ w }, { replace: true })} />
    </span>
  );
}

interface ChooseProps {
  name: string;
  value: number;
  total: number;
  pick(number: number): void;
}

function Choose({ name, value, total, pick }: ChooseProps) {
  // What is typed stays as it is typed, although not every beginning of a number is one of a version.
  const [typed, setTyped] = useState<string>();
  return (
    <label>
      {name}{' '}
      <input
        type="number"
        min={1}
        max={total}
        value={typed ?? (value || '')}
        onBlur={() => setTyped(undefined)}
        onChange={({ target }) => {
          setTyped(target.value);
          if (target.value !== '' && target.validity.valid) pick(Number(target.value));
        }}
      />
    </label>
  );
}
