import { type KeyboardEvent, useState } from 'react';

import styles from './Page.module.css';
import type { MemberPageFragment } from './queries/members.gen';
import { Tile } from './Tile';

type Member = MemberPageFragment['nodes'][number];

/** Members as tiles. Tab reaches one of them; the arrows go to the others. */
export function Grid({ members }: { members: Member[] }) {
  const [entry, setEntry] = useState(0);
  const first = Math.min(entry, members.length - 1);

  function moved(event: KeyboardEvent<HTMLUListElement>) {
    const tiles = [...event.currentTarget.querySelectorAll<HTMLAnchorElement>('a')];
    const at = tiles.findIndex((tile) => tile === document.activeElement);
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = target(event.key, at, tiles.length, columnsOf(tiles));
    if (to === undefined) return;
    event.preventDefault();
    tiles[to]?.focus();
  }

  return (
    <>
      <p className="hidden" id="grid-keys">
        The arrow keys go from member to member.
      </p>
      <ul className={styles.grid} aria-label="Members" aria-describedby="grid-keys" onKeyDown={moved}>
        {members.map((member, index) => (
          <li key={`${member.version.hash} ${member.split}`}>
            <Tile member={member} isEntry={index === first} onFocus={() => setEntry(index)} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** The number of tiles in the first row. */
function columnsOf(tiles: HTMLElement[]): number {
  const top = tiles[0]?.getBoundingClientRect().top;
  const count = tiles.findIndex((tile) => tile.getBoundingClientRect().top !== top);
  return count < 0 ? tiles.length : count;
}

function target(key: string, at: number, count: number, columns: number): number | undefined {
  const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: count - 1 - at };
  const step = steps[key];
  if (step === undefined) return undefined;
  const to = at + step;
  return to < 0 || to >= count ? at : to;
}
