import type { CSSProperties } from 'react';
import { Link } from 'wouter';

import { clock, useAsOf } from '../../moment/moment';
import { seqFrom } from '../../moment/seq';
import { counted } from '../../parts/words/counted';
import { address } from '../../url/reference';
import css from './Page.module.css';
import type { LogQuery } from './query.gen';

type Section = NonNullable<LogQuery['at']['commitCounts']>[number];

/** When commits were made, in sections of equal time. Each leads to its commits in the list. */
export function Timeline({ sections }: { sections: Section[] }) {
  const asOf = useAsOf();
  const most = Math.max(...sections.map(({ commitCount }) => commitCount));
  const [begin, end] = [sections[0]?.since, sections.at(-1)?.until];
  return (
    <>
      <ul className={css.timeline} aria-label="Commits over time">
        {sections.map(({ since, toSeq, commitCount, statementCount }) => {
          const words = `${counted(commitCount, 'commit')}, ${counted(statementCount, 'statement')}`;
          return (
            <li key={since}>
              {commitCount > 0 && toSeq !== null && (
                <Link
                  href={address('log', { before: seqFrom(toSeq, 1), asOf })}
                  title={`${words} from ${clock(since)}`}
                  className={statementCount > 0 ? css.said : undefined}
                  style={{ '--part': commitCount / most } as CSSProperties}
                >
                  <span className="hidden">
                    {words} from {clock(since)}
                  </span>
                </Link>
              )}
            </li>
          );
        })}
      </ul>
      <p className={css.span}>
        <span>{begin !== undefined && clock(begin)}</span>
        <span>{sections.some(({ statementCount }) => statementCount > 0) && 'underlined: with statements'}</span>
        <span>{end !== undefined && clock(end)}</span>
      </p>
    </>
  );
}
