import { Link } from 'wouter';

import type { Asked } from '../../api/useAnswer';
import { useAsOf, useMoment } from '../../moment/moment';
import { Affected, affectedTable } from '../../parts/affected/Affected';
import { Block } from '../../states/Block';
import { extentOf } from '../../states/extent';
import { shellQuoted } from '../../take/commands';
import { address } from '../../url/reference';
import type { VersionsQuery } from './queries/versions.gen';

/** The models that saw a wrong version of the item, and if they are fixed. */
export function WhoSaw({ asked, name }: { asked: Asked<VersionsQuery>; name: string }) {
  const { seq } = useMoment();
  const asOf = useAsOf();
  return (
    <Block
      title="Who saw what was wrong, and are they fixed?"
      asked={asked}
      controls={<Link href={address('impact', { wrong: name, asOf })}>its whole impact</Link>}
      command={`stemma trace ${shellQuoted(name)} --as-of ${seq}`}
      none={({ at }) =>
        at.affected?.totalCount === 0 && at.affected.info.complete ? (
          <p className="none">No model, evaluation or deployment saw a wrong version of it, as of seq {seq}.</p>
        ) : undefined
      }
      extent={({ at }) => extentOf(at.affected?.nodes.length ?? 0, at.affected?.totalCount ?? 0, at.affected?.info, seq)}
      table={({ at }) => affectedTable(at.affected?.nodes ?? [])}
    >
      {({ at }) => <Affected rows={at.affected?.nodes ?? []} />}
    </Block>
  );
}
