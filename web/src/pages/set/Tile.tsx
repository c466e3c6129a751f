import { Link } from 'wouter';

import { kindWords } from '../../parts/words/kind';
import { useAsOf } from '../../moment/moment';
import { briefAttributes } from '../../parts/values/brief';
import { Thumbnail } from '../../picture/Thumbnail';
import { pictureOf } from '../../picture/source';
import { pageOf } from '../../url/reference';
import styles from './Page.module.css';
import type { MemberPageFragment } from './queries/members.gen';

interface TileProps {
  member: MemberPageFragment['nodes'][number];
  /** True if Tab reaches this tile. */
  isEntry: boolean;
  onFocus(): void;
}

/** A member: its picture, its class, its key and what is known about it. */
export function Tile({ member: { split, version }, isEntry, onFocus }: TileProps) {
  const asOf = useAsOf();
  const { class: name, said } = classOf(version.attributes);
  const picture = pictureOf(version);
  return (
    <Link href={pageOf(version, asOf)} className={styles.tile} tabIndex={isEntry ? 0 : -1} onFocus={onFocus}>
      {picture !== undefined && <Thumbnail source={picture} side={80} />}
      <span className={styles.class}>{name}</span>
      {said !== '' && <span className="quiet">{said}</span>}
      <span className={styles.key}>{version.item.key}</span>
      <span className="quiet">
        {split}
        {version.item.kind !== 'LABEL' && ` · ${kindWords(version.item.kind)}`}
      </span>
      {version.wrong ? <span className="mark wrong">WRONG</span> : !version.isHead && <span className="mark stale">superseded</span>}
    </Link>
  );
}

/** The class of a label by the attributes that name one, and the others. */
function classOf(attributes: unknown): { class: string; said: string } {
  const known: Record<string, unknown> = typeof attributes === 'object' && attributes !== null ? { ...attributes } : {};
  const found = ['name', 'class', 'category'].find((name) => ['string', 'number'].includes(typeof known[name]));
  if (found === undefined) return { class: '', said: briefAttributes(attributes) };
  const name = String(known[found]);
  // Often the number of a class is its name, too.
  const others = Object.entries(known).filter(([, value]) => String(value) !== name);
  return { class: name, said: briefAttributes(Object.fromEntries(others), 2) };
}
