interface ProgressProps {
  /** The step that is counted, such as `refreshed`. */
  name: string;
  done: number;
  of: number;
}

/** A bar with its numbers in words. */
export function Progress({ name, done, of }: ProgressProps) {
  if (of === 0) return <span className="quiet">nothing to do</span>;
  return (
    <span className="progress">
      <progress value={done} max={of} aria-label={name} />
      <span>
        {done.toLocaleString()} of {of.toLocaleString()}
      </span>
    </span>
  );
}
