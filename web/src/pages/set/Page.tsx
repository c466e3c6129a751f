import { useAnswer } from '../../api/useAnswer';
import { useMoment } from '../../moment/moment';
import { Absent } from '../../parts/absent/Absent';
import { Choose } from '../../parts/choose/Choose';
import { useKeys } from '../../shell/pageKeys';
import { useParams } from '../../url/params';
import { reference } from '../../url/reference';
import { About } from './About';
import { Classes } from './Classes';
import { Get } from './Get';
import { Members } from './Members';
import { BY, SET, TABS, type Tab, beforeOf } from './params';
import { SetDocument, type SetQuery } from './queries/set.gen';
import { Refresh } from './Refresh';
import { Uses } from './Uses';
import { Wrong } from './Wrong';

/** Training set: what is in it, is it still sound, what would a refresh change, and how do I get it? */
export function Page() {
  const { seq, head } = useMoment();
  const [params, change] = useParams(SET);
  const { ref, tab } = params;
  const answer = useAnswer(SetDocument, { seq, ref, by: [params.by || BY], this: ref, ...beforeOf(ref) }, ref === '');
  const version = answer.failed === undefined ? answer.data?.at.resolve : undefined;
  useKeys([{ key: 'w', name: 'only wrong members', act: () => change({ tab: 'members', wrong: !params.wrong, after: undefined }) }]);

  if (ref === '') {
    return (
      <>
        <h1>Which training set do you want to look at?</h1>
        <Choose title="Training sets, newest first" kinds={['TRAINING_SET']} />
      </>
    );
  }
  return (
    <>
      <h1>
        What is in <span className="name">{ref}</span>, is it still sound, and how do I get it?
      </h1>
      <Absent of={ref} failed={answer.failed}>
        <About asked={answer} />
      </Absent>
      {version?.item.kind === 'TRAINING_SET' && (
        <>
          <div className="tabs" role="group" aria-label="Show">
            {TABS.map((one) => (
              <button key={one} type="button" aria-pressed={one === tab} onClick={() => change({ tab: one, after: undefined })}>
                {nameOf(one, version)}
              </button>
            ))}
          </div>
          {tab === 'members' && <Members set={version} params={params} change={change} />}
          {tab === 'classes' && (
            <Classes
              name={ref}
              by={params.by}
              choose={(by) => change({ by })}
              show={(where, split) => change({ tab: 'members', where, split, after: undefined })}
            />
          )}
          {tab === 'wrong' && <Wrong name={ref} set={version} after={params.after} go={(after) => change({ after })} />}
          {tab === 'refresh' && <Refresh key={`${reference(version)} ${head}`} set={version} />}
          {tab === 'uses' && <Uses name={ref} after={params.after} go={(after) => change({ after })} />}
          {tab === 'get' && <Get set={version} split={params.split} format={params.format} choose={change} />}
        </>
      )}
    </>
  );
}

function nameOf(tab: Tab, version: NonNullable<SetQuery['at']['resolve']>): string {
  switch (tab) {
    case 'members':
      return `Members ${version.memberCount?.toLocaleString() ?? ''}`;
    case 'classes':
      return 'Counts';
    case 'wrong':
      return `What is wrong ${version.freshness?.wrongCount.toLocaleString() ?? ''}`;
    case 'refresh':
      return 'Refresh preview';
    case 'uses':
      return `Used by ${(version.derivativeCount + version.memberOfCount).toLocaleString()}`;
    case 'get':
      return 'Get it';
  }
}
