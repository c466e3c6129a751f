import { type Asked, useAnswer } from '../../api/useAnswer';
import { ItemMarks } from '../../moment/marks/PageMarks';
import { useMoment } from '../../moment/moment';
import { Absent } from '../../parts/absent/Absent';
import { Choose } from '../../parts/choose/Choose';
import { useParams } from '../../url/params';
import { reference } from '../../url/reference';
import { About } from './About';
import { Compare } from './Compare';
import { CONSUMERS, MODEL } from './params';
import { ModelDocument } from './queries/model.gen';
import { ModelUpstreamDocument, type ModelUpstreamQuery } from './queries/upstream.gen';
import { Runs } from './Runs';
import { TrainedOn } from './TrainedOn';
import { Upstream } from './Upstream';
import { Versions } from './Versions';
import { Wrong } from './Wrong';

/** Model: what was it trained on, what of that is wrong now, and what runs on it? */
export function Page() {
  const { seq } = useMoment();
  const [{ ref, vs, of, after }, change] = useParams(MODEL);
  const answer = useAnswer(ModelDocument, { seq, ref, start: ref }, ref === '');
  const upstream = useAnswer(ModelUpstreamDocument, { seq, start: ref, vs: vs ?? ref, compare: vs !== undefined }, ref === '');
  const found = answer.failed === undefined ? answer.data?.at : undefined;
  const version = found?.resolve;

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
      <ItemMarks of={ref} />
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
            model={version}
            sets={found.sets?.edges.map(({ node }) => node) ?? []}
            of={of}
            after={after}
            choose={(next) => change({ of: next, after: undefined })}
            go={(next) => change({ after: next })}
          />
          <Runs asked={answer} />
          <Versions asked={answer} vs={vs} compare={(next) => change({ vs: next })} />
          {vs !== undefined && <Compare key={vs} asked={upstream} model={version} vs={vs} stop={() => change({ vs: undefined })} />}
          <Upstream asked={upstream} name={reference(version)} vs={vs} />
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
