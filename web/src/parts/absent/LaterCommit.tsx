import { Link } from 'wouter';

import { address } from '../../url/reference';

interface LaterCommitProps {
  /** The page, and its parameter that names the commit. */
  page: string;
  param: string;
  commit: string;
  seq: string;
}

/** Says that a commit does not exist yet at the moment of the page, and leads to the one at which it does. */
export function LaterCommit({ page, param, commit, seq }: LaterCommitProps) {
  return (
    <p className="none" data-state="none">
      Commit {commit} does not exist yet as of seq {seq}. <Link href={address(page, { [param]: commit, asOf: commit })}>Look at it as of seq {commit}</Link>
    </p>
  );
}
