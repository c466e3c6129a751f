import type { CampaignStatus } from '../../schema.gen';

/** What the page can show: all sets, or those with one next step. */
export const STATUSES = ['ALL', 'REFRESH_OPEN', 'TRAIN_OPEN', 'EVALUATE_OPEN', 'DEPLOY_OPEN', 'DONE'] as const satisfies ('ALL' | CampaignStatus)[];

export type Shown = (typeof STATUSES)[number];

/** The next step of a set. */
export const NEXT: Record<CampaignStatus, string> = {
  REFRESH_OPEN: 'refresh the set',
  TRAIN_OPEN: 'train a model',
  EVALUATE_OPEN: 'evaluate it',
  DEPLOY_OPEN: 'deploy it',
  DONE: 'nothing',
};
