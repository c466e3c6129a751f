import { Link } from 'wouter';

import { type Asked, useAnswer } from '../../api/useAnswer';
import { useAsOf } from '../../moment/moment';
import { VersionLink } from '../../parts/links/VersionLink';
import { counted } from '../../parts/words/counted';
import { Block } from '../../states/Block';
import { address } from '../../url/reference';
import { ImpactNamedDocument, type ImpactNamedQuery, type NamedWrongFragment } from './queries/statements.gen';
import { MOST_NAMED } from './question';
import { StatementTable, tableOf } from './WrongVersions';

const PLACES = ['a', 'b', 'c', 'd', 'e'] as const satisfies (keyof ImpactNamedQuery['at'])[];
type Place = (typeof PLACES)[number];

interface NamedWrongProps {
  seq: string;
  names: string[];
  isItems: boolean;
  /** The place of the first name that is shown. */
  from: number;
}

/** What was said about named versions, or about all versions of named items: of some names at a time. */
export function NamedWrong({ seq, names, isItems, from: wanted }: NamedWrongProps) {
  const from = wanted < names.length ? wanted - (wanted % MOST_NAMED) : 0;
  const shown = names.slice(from, from + MOST_NAMED);
  const [a = '', b = '', c = '', d = '', e = ''] = shown;
  const has = { hasB: b !== '', hasC: c !== '', hasD: d !== '', hasE: e !== '' };
  const answer = useAnswer(ImpactNamedDocument, { seq, a, b, c, d, e, ...has }, a === '');
  return (
    <>
      {shown.map((name, at) => (
        <WrongOf key={name} seq={seq} asked={answer} place={PLACES[at] ?? 'a'} name={name} isItem={isItems} />
      ))}
      {names.length > MOST_NAMED && <Parts names={names} from={from} />}
    </>
  );
}

/** Leads to all names, a few at a time. */
function Parts({ names, from }: { names: string[]; from: number }) {
  const asOf = useAsOf();
  const starts = Array.from({ length: Math.ceil(names.length / MOST_NAMED) }, (_, part) => part * MOST_NAMED);
  const rest = names.length - MOST_NAMED;
  return (
    <nav className="extent" aria-label="References">
      {counted(rest, 'more reference')} of {names.length.toLocaleString()}:{' '}
      {starts.map((start) => {
        const [first, last] = [start + 1, Math.min(start + MOST_NAMED, names.length)];
        const words = first === last ? String(first) : `${first} to ${last}`;
        const href = address('impact', { by: 'wrong', wrong: names.join(','), from: start === 0 ? undefined : String(start), asOf });
        return (
          <span key={start}>
            {start === from ? <strong aria-current="page">{words}</strong> : <Link href={href}>{words}</Link>}{' '}
          </span>
        );
      })}
    </nav>
  );
}

interface WrongOfProps {
  seq: string;
  asked: Asked<ImpactNamedQuery>;
  place: Place;
  name: string;
  isItem: boolean;
}

function WrongOf({ seq, asked, place, name, isItem }: WrongOfProps) {
  const versions = asked.data?.at[place]?.item.history;
  const rows = (version: NamedWrongFragment | null | undefined) =>
    (isItem ? version?.item.history.nodes.flatMap(({ statements }) => statements) : version?.statements)?.filter(({ version: { wrong } }) => wrong) ?? [];
  const hasMore = isItem && versions !== undefined && versions.totalCount > versions.nodes.length;
  return (
    <Block
      title={`What was wrong of ${name}`}
      asked={asked}
      none={({ at }) => {
        const version = at[place];
        if (version == null) {
          return (
            <p className="none">
              There is no {name} as of seq {seq}.
            </p>
          );
        }
        if (rows(version).length > 0) return undefined;
        return (
          <p className="none">
            Nothing of it is known to be wrong as of seq {seq}. See <VersionLink of={isItem ? { item: version.item } : version} />.
          </p>
        );
      }}
      extent={({ at }) => {
        const words = `${counted(rows(at[place]).length, 'statement')} · seq ${seq}`;
        return { isWhole: !hasMore, words: hasMore ? `${words} · not the whole answer: only the newest ${versions.nodes.length} versions were looked at` : words };
      }}
      table={({ at }) => tableOf(rows(at[place]))}
    >
      {({ at }) => <StatementTable rows={rows(at[place])} label={`Statements about ${name}`} />}
    </Block>
  );
}
