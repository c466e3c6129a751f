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
import { SAID } from '../../parts/words/said';
import { Thumbnail } from '../../picture/Thumbnail';
import { pictureOf } from '../../picture/source';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import type { Table } from '../../take/table';
import { address, reference } from '../../url/reference';
import { ImpactStatementsDocument, type ImpactStatementsQueryVariables, type WrongStatementFragment } from './queries/statements.gen';

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

/** Statements that say that something was wrong. */
export function StatementTable({ rows, label = 'Statements' }: { rows: WrongStatementFragment[]; label?: string }) {
  const hasPictures = rows.some(({ version }) => pictureOf(version) !== undefined);
  return (
    <Rows label={label} columns={[...(hasPictures ? ['picture'] : []), 'was wrong', 'what was said', 'was → is', 'reason', 'by', 'its impact']}>
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

/** The rows as they are taken away. */
export function tableOf(rows: WrongStatementFragment[]): Table {
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
