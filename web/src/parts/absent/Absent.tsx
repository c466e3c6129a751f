import type { ReactNode } from 'react';

import type { Failed } from '../../api/client';
import { NotYet } from './NotYet';

interface AbsentProps {
  /** The reference that the page is about. */
  of: string;
  failed: Failed | undefined;
  /** What is shown otherwise, also if it never existed. */
  children: ReactNode;
}

/** Says when something began to exist, if it was not found at an earlier moment. */
export function Absent({ of, failed, children }: AbsentProps) {
  return failed?.reason === 'NOT_FOUND' ? <NotYet of={of}>{children}</NotYet> : children;
}
