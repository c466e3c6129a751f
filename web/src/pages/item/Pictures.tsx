import { Compare, type Mode, type Side } from '../../picture/Compare';
import { Picture } from '../../picture/Picture';
import { modesOf } from './content/sides';

interface PicturesProps {
  before: Side | undefined;
  after: Side | undefined;
  mode: Mode | 'auto';
  isPlain: boolean;
  change(next: { mode?: Mode | 'auto'; plain?: boolean }): void;
}

const NAMES: Record<Mode, string> = { over: 'one above the other', side: 'side by side', wipe: 'wipe' };

/** The pictures of the two compared versions. */
export function Pictures({ before, after, mode, isPlain, change }: PicturesProps) {
  const only = after ?? before;
  if (only === undefined) return null;
  const modes = after === undefined ? [] : modesOf(before, after);
  const first = modes[0];
  const chosen = modes.find((one) => one === mode) ?? first;
  const hasLayers = modes.includes('over') || only.layers.length > 0;
  const shown = (side: Side): Side => (isPlain ? { ...side, layers: [] } : side);
  const isOne = before !== undefined && after !== undefined && before.source.digest === after.source.digest;
  return (
    <div>
      {(modes.length > 0 || hasLayers) && (
        <p className="controls">
          {modes.length > 0 && (
            <label>
              compare{' '}
              <select value={chosen} onChange={(event) => change({ mode: event.target.value === first ? 'auto' : (event.target.value as Mode) })}>
                {modes.map((one) => (
                  <option key={one} value={one}>
                    {NAMES[one]}
                  </option>
                ))}
              </select>
            </label>
          )}
          {hasLayers && (
            <label>
              <input type="checkbox" checked={!isPlain} onChange={(event) => change({ plain: !event.target.checked })} />
              labels
            </label>
          )}
        </p>
      )}
      {before !== undefined && after !== undefined && chosen !== undefined ? (
        <Compare before={shown(before)} after={shown(after)} mode={chosen} />
      ) : (
        <Picture
          key={only.source.digest}
          source={only.source}
          layers={isPlain ? [] : [...(isOne ? before.layers : []), ...only.layers]}
        />
      )}
    </div>
  );
}
