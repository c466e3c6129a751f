import { Link } from 'wouter';

import { kindWords } from '../../parts/words/kind';
import { clock, useAsOf } from '../../moment/moment';
import { CopyButton } from '../../parts/CopyButton';
import { SearchLink } from '../../parts/links/SearchLink';
import { address, escapeValue, pageOf, reference } from '../../url/reference';
import type { Item } from './state';

/** What an item is: its kind, when it began, its tags and aliases, its id. */
export function Head({ item }: { item: Item }) {
  const asOf = useAsOf();
  const name = reference({ item });
  return (
    <dl className="facts flowing">
      <div>
        <dt>kind</dt>
        <dd>{kindWords(item.kind)}</dd>
      </div>
      <div>
        <dt>since</dt>
        <dd>{clock(item.createdAt)}</dd>
      </div>
      <div>
        <dt>tags</dt>
        <dd>
          {item.tags.length === 0 && <span className="quiet">–</span>}
          {item.tags.map(({ name: tag, alias, version }) => (
            <span key={`${tag} ${version.number}`}>
              <SearchLink by={{ tag }} className="tag">
                {tag}
              </SearchLink>
              <span className="quiet">
                {alias ? 'alias of ' : 'on '}
                <Link href={pageOf({ item, number: version.number }, asOf)}>#{version.number}</Link>
              </span>{' '}
            </span>
          ))}
        </dd>
      </div>
      <div>
        <dt>reference</dt>
        <dd>
          <span className="name">{name}</span> <CopyButton text={name} what="reference" />
        </dd>
      </div>
      <div>
        <dt>id</dt>
        <dd>
          <span className="name">{item.hash.slice(0, 17)}…</span> <CopyButton text={item.hash} what="id" />
        </dd>
      </div>
      <div>
        <dt>lineage</dt>
        <dd>
          <Link href={address('lineage', { of: name, asOf })}>what it was made from</Link> ·{' '}
          <Link href={address('lineage', { of: name, dir: 'down', asOf })}>what was made of it</Link>
        </dd>
      </div>
      <div>
        <dt>impact</dt>
        <dd>
          <Link href={`/impact?wrong=${escapeValue(name)}${asOf === undefined ? '' : `&asOf=${asOf}`}`}>what contains a wrong version of it</Link>
        </dd>
      </div>
    </dl>
  );
}
