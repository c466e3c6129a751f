import { Link } from 'wouter';

import { clock, useAsOf } from '../../moment/moment';
import { CommitLink } from '../../parts/links/CommitLink';
import { SearchLink } from '../../parts/links/SearchLink';
import { Turns } from '../../parts/Pager';
import { Statements } from '../../parts/Statements';
import { Tags } from '../../parts/Tags';
import { pageOf } from '../../url/reference';
import type { Item, Listed } from './state';
import css from './Page.module.css';

interface HistoryProps {
  item: Item;
  /** The version whose details are shown. */
  shown: number;
  before: string | undefined;
  go(before: string | undefined): void;
}

/** The versions of an item, newest first, each with what was said about it. */
export function History({ item, shown, before, go }: HistoryProps) {
  const { nodes, pageInfo, totalCount } = item.history;
  return (
    <>
      <ol className="history">
        {nodes.toReversed().map((version) => (
          <li key={version.hash}>
            <VersionCard version={version} item={item} isShown={version.number === shown} />
          </li>
        ))}
      </ol>
      <p className="extent">
        {nodes.length.toLocaleString()} of {totalCount.toLocaleString()} versions
      </p>
      <Turns
        back={{ name: 'To the newest', go: before === undefined ? undefined : () => go(undefined) }}
        on={{ name: 'Older', go: pageInfo.hasPreviousPage ? () => go(pageInfo.startCursor ?? undefined) : undefined }}
      />
    </>
  );
}

function VersionCard({ version, item, isShown }: { version: Listed; item: Item; isShown: boolean }) {
  const asOf = useAsOf();
  return (
    <article className={`version ${isShown ? css.shown : ''}`} aria-current={isShown ? 'true' : undefined}>
      <h3>
        <Link href={pageOf({ item, number: version.number }, asOf)} className="name">
          #{version.number}
        </Link>{' '}
        {version.wrong && <span className="mark wrong">WRONG</span>} {version.isHead && <span className="mark fixed">current</span>}{' '}
        {version.tags.length > 0 && <Tags tags={version.tags} />}
      </h3>
      <p className="quiet">
        <CommitLink seq={version.seq}>seq {version.seq}</CommitLink> · {clock(version.committedAt)} ·{' '}
        <SearchLink by={{ author: version.author }}>{version.author}</SearchLink>
        {version.message !== null && ` · “${version.message}”`}
        {version.memberOfCount > 0 && ` · in ${version.memberOfCount.toLocaleString()} ${version.memberOfCount === 1 ? 'set version' : 'set versions'}`}
      </p>
      <Statements of={version.statements} item={item} />
    </article>
  );
}
