import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';

import { useAnswer } from '../api/useAnswer';
import { Waiting } from '../states/Waiting';
import { Failure } from '../states/Failure';
import { useParams } from '../url/params';
import { MOMENT, type Moment, MomentContext } from './moment';
import { HeadDocument } from './query.gen';

/** Resolves "now" once, so that all questions of a page have one moment. */
export function MomentProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [{ asOf }, change] = useParams(MOMENT);
  const asked = useAnswer(HeadDocument, {});
  const view = asked.data?.view;

  const moment = useMemo<Moment | null>(() => {
    if (view === undefined) return null;
    return {
      seq: asOf ?? view.seq,
      head: view.seq,
      headTime: view.time,
      isNow: asOf === undefined,
      go: (seq) => change({ asOf: seq }),
      refresh: () => void client.refetchQueries({ queryKey: [HeadDocument.toString()] }),
    };
  }, [view, asOf, change, client]);

  if (moment === null) {
    return asked.failed ? <Failure failed={asked.failed} retry={asked.retry} /> : <Waiting cancel={asked.cancel} />;
  }
  return <MomentContext value={moment}>{children}</MomentContext>;
}
