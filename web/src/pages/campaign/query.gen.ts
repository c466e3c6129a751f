// Written by `npm run generate`.
// @ts-nocheck
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type * as Types from '../../schema.gen';

import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type CampaignStatus =
  | 'DEPLOY_OPEN'
  | 'DONE'
  | 'EVALUATE_OPEN'
  | 'REFRESH_OPEN'
  | 'TRAIN_OPEN';

export type IncompleteReason =
  | 'DEPTH'
  | 'EDGES'
  | 'NODES'
  | 'TIME';

export type ItemKind =
  | 'BUNDLE'
  | 'DEPLOYMENT'
  | 'DERIVED'
  | 'EVALUATION'
  | 'LABEL'
  | 'MODEL'
  | 'ONTOLOGY'
  | 'SOURCE'
  | 'TRAINING_SET';

export type CampaignQueryVariables = Exact<{
  seq: string;
  commit: string | number;
  status?: Array<Types.CampaignStatus> | Types.CampaignStatus | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type CampaignQuery = { at: { campaign: { wrongCount: number, setCount: number, refreshedCount: number, trainedCount: number, evaluatedCount: number, deployedCount: number, doneCount: number, medianSecondsToRefresh: number | null, medianSecondsToTrain: number | null, medianSecondsToEvaluate: number | null, medianSecondsToDeploy: number | null, commit: { seq: string, time: string, author: string, message: string | null }, asked: { wrongCount: number, notWrongCount: number }, sets: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ status: Types.CampaignStatus, item: { hash: string, namespace: string, kind: Types.ItemKind, key: string }, held: { totalCount: number, nodes: Array<{ number: number }> }, refreshed: { secondsSincePrevious: number, version: { number: number } } | null, trained: { secondsSincePrevious: number, version: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } } | null, evaluated: { secondsSincePrevious: number, version: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } } | null, deployed: { secondsSincePrevious: number, version: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } } | null }> }, staleDeployments: { totalCount: number, info: { complete: boolean, incompleteReason: Types.IncompleteReason | null, resume: string | null }, nodes: Array<{ deployment: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } }, model: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null, trainingSet: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } | null }> } } | null } };

export type RepairStepFragment = { secondsSincePrevious: number, version: { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } } };

export type RepairedVersionFragment = { hash: string, number: number, item: { namespace: string, kind: Types.ItemKind, key: string } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const RepairedVersionFragmentDoc = new TypedDocumentString(`
    fragment RepairedVersion on Version {
  hash
  number
  item {
    namespace
    kind
    key
  }
}
    `, {"fragmentName":"RepairedVersion"}) as unknown as TypedDocumentString<RepairedVersionFragment, unknown>;
export const RepairStepFragmentDoc = new TypedDocumentString(`
    fragment RepairStep on CampaignStep {
  secondsSincePrevious
  version {
    ...RepairedVersion
  }
}
    fragment RepairedVersion on Version {
  hash
  number
  item {
    namespace
    kind
    key
  }
}`, {"fragmentName":"RepairStep"}) as unknown as TypedDocumentString<RepairStepFragment, unknown>;
export const CampaignDocument = new TypedDocumentString(`
    query Campaign($seq: Seq!, $commit: ID!, $status: [CampaignStatus!], $first: Int = 50, $after: String) {
  at(asOf: {seq: $seq}) {
    campaign(commit: $commit) {
      commit {
        seq
        time
        author
        message
      }
      asked {
        wrongCount
        notWrongCount
      }
      wrongCount
      setCount
      refreshedCount
      trainedCount
      evaluatedCount
      deployedCount
      doneCount
      medianSecondsToRefresh
      medianSecondsToTrain
      medianSecondsToEvaluate
      medianSecondsToDeploy
      sets(first: $first, status: $status, after: $after) {
        totalCount
        info {
          complete
          incompleteReason
          resume
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          item {
            hash
            namespace
            kind
            key
          }
          status
          held(first: 3) {
            totalCount
            nodes {
              number
            }
          }
          refreshed {
            secondsSincePrevious
            version {
              number
            }
          }
          trained {
            ...RepairStep
          }
          evaluated {
            ...RepairStep
          }
          deployed {
            ...RepairStep
          }
        }
      }
      staleDeployments(first: 20) {
        totalCount
        info {
          complete
          incompleteReason
          resume
        }
        nodes {
          deployment {
            ...RepairedVersion
          }
          model {
            ...RepairedVersion
          }
          trainingSet {
            ...RepairedVersion
          }
        }
      }
    }
  }
}
    fragment RepairStep on CampaignStep {
  secondsSincePrevious
  version {
    ...RepairedVersion
  }
}
fragment RepairedVersion on Version {
  hash
  number
  item {
    namespace
    kind
    key
  }
}`) as unknown as TypedDocumentString<CampaignQuery, CampaignQueryVariables>;