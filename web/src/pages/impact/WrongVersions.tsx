import { Link } from 'wouter';

import { useAnswer } from '../../api/useAnswer';
import { clock, useAsOf } from '../../moment/moment';
import { Pager } from '../../parts/Pager';
import { Rows } from '../../parts/Rows';
import { CommitLink } from '../../parts/links/CommitLink';
import { SearchLink } from '../../parts/links/SearchLink';
import { VersionLink } from '../../parts/links/VersionLink';
import { Changed } from '../../parts/values/Changed';
import { briefAttributes } from '../../parts/values/brief';
import { counted } from '../../parts/words/counted';
import { SAID } from '../../parts/words/said';
import { Thumbnail } from '../../picture/Thumbnail';
import { pictureOf } from '../../picture/source';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import type { Table } from '../../take/table';
import { address, reference } from '../../url/reference';
import { ImpactNamedDocument, ImpactStatementsDocument, type ImpactStatementsQueryVariables, type WrongStatementFragment } from './queries/statements.gen';

interface SaidWrongProps {
  variables: ImpactStatementsQueryVariables & { seq: string };
  go(after: string | undefined): void;
}

/** What was said to be wrong, by everybody or by one commit, newest first. */
export function SaidWrong({ variables, go }: SaidWrongProps) {
  const answer = useAnswer(ImpactStatementsDocument, variables);
  const { seq } = variables;
  return (
    <Block
      title="What was wrong, newest first"
      asked={answer}
      none={({ at }) =>
        at.statements.totalCount === 0 && at.statements.info.complete ? <p className="none">Nothing of it is known to be wrong as of seq {seq}.</p> : undefined
      }
      extent={({ at }) => extentOf(at.statements.nodes.length, at.statements.totalCount, at.statements.info, seq)}
      page={({ at }) => at.statements}
      table={({ at }) => tableOf(at.statements.nodes)}
    >
      {({ at }) => (
        <>
          <StatementTable rows={at.statements.nodes} />
          <Pager pageInfo={at.statements.pageInfo} info={at.statements.info} after={variables.after ?? undefined} go={go} />
        </>
      )}
    </Block>
  );
}

/** How many references have a block of their own. */
const MOST_NAMED = 5;

/** What was said about named versions, or about all versions of named items. */
export function NamedWrong({ seq, names, isItems }: { seq: string; names: string[]; isItems: boolean }) {
  return (
    <>
      {names.slice(0, MOST_NAMED).map((name) => (
        <WrongOf key={name} seq={seq} name={name} isItem={isItems} />
      ))}
      {names.length > MOST_NAMED && (
        <p className="extent">
          The first {MOST_NAMED} of {names.length}: ask about the others alone.
        </p>
      )}
    </>
  );
}

function WrongOf({ seq, name, isItem }: { seq: string; name: string; isItem: boolean }) {
  const answer = useAnswer(ImpactNamedDocument, { seq, ref: name });
  const versions = answer.data?.at.version?.item.history;
  const rows = (version: NonNullable<typeof answer.data>['at']['version']) =>
    (isItem ? version?.item.history.nodes.flatMap(({ statements }) => statements) : version?.statements)?.filter(({ version: { wrong } }) => wrong) ?? [];
  const hasMore = isItem && versions !== undefined && versions.totalCount > versions.nodes.length;
  return (
    <Block
      title={`What was wrong of ${name}`}
      asked={answer}
      none={({ at }) =>
        at.version === null ? (
          <p className="none">
            There is no {name} as of seq {seq}.
          </p>
        ) : rows(at.version).length === 0 ? (
          <p className="none">
            Nothing of it is known to be wrong as of seq {seq}. See <VersionLink of={isItem ? { item: at.version.item } : at.version} />.
          </p>
        ) : undefined
      }
      extent={({ at }) => {
        const words = `${counted(rows(at.version).length, 'statement')} · seq ${seq}`;
        return { isWhole: !hasMore, words: hasMore ? `${words} · not the whole answer: only the newest ${versions.nodes.length} versions were looked at` : words };
      }}
      table={({ at }) => tableOf(rows(at.version))}
    >
      {({ at }) => <StatementTable rows={rows(at.version)} />}
    </Block>
  );
}

function StatementTable({ rows }: { rows: WrongStatementFragment[] }) {
  const hasPictures = rows.some(({ version }) => pictureOf(version) !== undefined);
  return (
    <Rows label="Statements" columns={[...(hasPictures ? ['picture'] : []), 'was wrong', 'what was said', 'was → is', 'reason', 'by', 'its impact']}>
      {rows.map((row) => (
        <StatementRow key={`${row.commit.seq}.${row.place}`} row={row} hasPictures={hasPictures} />
      ))}
    </Rows>
  );
}

function StatementRow({ row: { version, by, kind, reason, author, commit }, hasPictures }: { row: WrongStatementFragment; hasPictures: boolean }) {
  const asOf = useAsOf();
  const picture = pictureOf(version);
  const next = by && <VersionLink of={{ item: version.item, number: by.number }} />;
  return (
    <tr>
      {hasPictures && <td>{picture === undefined ? <span className="quiet">–</span> : <Thumbnail source={picture} side={56} />}</td>}
      <th scope="row">
        <VersionLink of={version} />
      </th>
      <td>
        {SAID[kind]} {next && <>by {next}</>}
      </td>
      <td>{by === null ? briefAttributes(version.attributes) : <Changed before={version.attributes} after={by.attributes} searchIn={version.item} />}</td>
      <td>{reason}</td>
      <td>
        <SearchLink by={{ author }}>{author}</SearchLink> in <CommitLink seq={commit.seq}>seq {commit.seq}</CommitLink>
        <div className="quiet">{clock(commit.time)}</div>
      </td>
      <td>
        <Link href={address('impact', { wrong: reference(version), asOf })}>
          who saw it<span className="hidden">: {reference(version)}</span>
        </Link>
      </td>
    </tr>
  );
}

function tableOf(rows: WrongStatementFragment[]): Table {
  return {
    columns: ['version', 'kind', 'replacement', 'was', 'is', 'reason', 'author', 'seq', 'time'],
    rows: rows.map(({ version, by, kind, reason, author, commit }) => [
      reference(version),
      kind,
      by && reference({ item: version.item, number: by.number }),
      JSON.stringify(version.attributes),
      by && JSON.stringify(by.attributes),
      reason,
      author,
      commit.seq,
      commit.time,
    ]),
  };
}
