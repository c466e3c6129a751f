import { useState } from 'react';

import { type Asked, useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { Absent } from '../../parts/absent/Absent';
import { Choose } from '../../parts/choose/Choose';
import { useParams } from '../../url/params';
import { reference } from '../../url/reference';
import { About } from './About';
import { Compare } from './Compare';
import { CONSUMERS, MODEL, isOther } from './params';
import { ModelDocument } from './queries/model.gen';
import { ModelUpstreamDocument, type ModelUpstreamQuery } from './queries/upstream.gen';
import { Runs } from './Runs';
import { TrainedOn } from './TrainedOn';
import { Upstream } from './Upstream';
import { Versions } from './Versions';
import { Wrong } from './Wrong';

/** Model: what was it trained on, what of that is wrong now, and what runs on it? */
export function Page() {
  const { seq, isNow } = useMoment();
  const [{ ref, vs, after }, change] = useParams(MODEL);
  const answer = useAnswer(ModelDocument, { seq, ref, start: ref, isConsumer: !isOther(ref) }, ref === '');
  const version = answer.failed === undefined ? answer.data?.at.resolve : undefined;
  // A page that is opened at a further part of the list is about that.
  const [isAll, setAll] = useState(false);
  if (after === undefined && !isAll) setAll(true);
  const hasUpstream = isAll || vs !== undefined;
  // In the past, the version may not exist yet.
  const isWaiting = ref === '' || !hasUpstream || (!isNow && version == null);
  const upstream = useAnswer(ModelUpstreamDocument, { seq, start: ref, vs: vs ?? ref, compare: vs !== undefined }, isWaiting);

  if (ref === '') {
    return (
      <>
        <h1>Which model do you want to look at?</h1>
        <Choose title="Models, evaluations and deployments, newest first" kinds={CONSUMERS} />
      </>
    );
  }
  return (
    <>
      <h1>
        {/^[^/]+\/(EVALUATION|DEPLOYMENT)\//.test(ref) ? (
          <>
            What training data is behind <span className="name">{ref}</span>, and what of that is wrong?
          </>
        ) : (
          <>
            What was <span className="name">{ref}</span> trained on, what of that is wrong, and what runs on it?
          </>
        )}
      </h1>
      <Absent of={ref} failed={answer.failed}>
        <About asked={answer} />
      </Absent>
      {version && CONSUMERS.includes(version.item.kind) && (
        <>
          <TrainedOn asked={answer} upstream={upstreamWrong(upstream)} />
          <Wrong
            first={answer}
            model={version}
            name={ref}
            after={after}
            go={(next) => change({ after: next })}
          />
          <Runs asked={answer} />
          <Versions asked={answer} vs={vs} compare={(next) => change({ vs: next })} />
          {vs !== undefined && <Compare key={vs} asked={upstream} model={version} vs={vs} stop={() => change({ vs: undefined })} />}
          {hasUpstream && <Upstream asked={upstream} name={reference(version)} vs={vs} />}
        </>
      )}
    </>
  );
}

/** Returns the number of wrong versions upstream once it is known, all of them. */
function upstreamWrong({ data, isAsking }: Asked<ModelUpstreamQuery>): number | undefined {
  const upstream = isAsking ? undefined : data?.at.upstream;
  return upstream?.info.complete === true ? upstream.total.wrongCount : undefined;
}
