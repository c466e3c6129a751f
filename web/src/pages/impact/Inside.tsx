import { useState } from 'react';

import { useAnswer } from '../../api/useAnswer';
import { Pager } from '../../parts/Pager';
import { StaleTable, staleCsv } from '../../parts/stale/StaleTable';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { ImpactMembersDocument, type ImpactMembersQuery, type ImpactMembersQueryVariables } from './queries/sets.gen';

interface InsideProps {
  /** The name of the set. */
  name: string;
  variables: ImpactMembersQueryVariables & { seq: string };
}

/** What is wrong in one training set of the list: the members, what they are now, and who said so. */
export function Inside({ name, variables }: InsideProps) {
  // A place in a list within a row is not worth an address.
  const [after, setAfter] = useState<string>();
  const answer = useAnswer(ImpactMembersDocument, { ...variables, after: after ?? null });
  const { seq } = variables;
  return (
    <Block
      title={`What is wrong in ${name}`}
      asked={answer}
      extent={({ at }) => extentOf(membersOf(at)?.nodes.length ?? 0, membersOf(at)?.totalCount ?? 0, membersOf(at)?.info, seq)}
      page={({ at }) => membersOf(at)}
      table={({ at }) => staleCsv(membersOf(at)?.nodes ?? [])}
    >
      {({ at }) => {
        const members = membersOf(at);
        return (
          members && (
            <>
              <StaleTable rows={members.nodes} label={`Wrong members of ${name}`} />
              <Pager pageInfo={members.pageInfo} info={members.info} after={after} go={setAfter} />
            </>
          )
        );
      }}
    </Block>
  );
}

function membersOf(at: ImpactMembersQuery['at']) {
  return at.affectedTrainingSets?.nodes[0]?.members;
}
