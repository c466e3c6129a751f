// Written by `npm run generate`.
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  ByteSize: { input: string; output: string; }
  DateTime: { input: string; output: string; }
  Digest: { input: string; output: string; }
  JSON: { input: unknown; output: unknown; }
  Seq: { input: string; output: string; }
};

export type ActivityInput = {
  codeReference?: InputMaybe<Scalars['String']['input']>;
  endedAt?: InputMaybe<Scalars['DateTime']['input']>;
  name: Scalars['String']['input'];
  parameters?: InputMaybe<Scalars['JSON']['input']>;
  startedAt?: InputMaybe<Scalars['DateTime']['input']>;
};

export type AffectedStatus =
  | 'ONTOLOGY_STALE'
  | 'RESTORED'
  | 'RETRACTED'
  | 'STALE';

export type AsOf =
  { commit: Scalars['ID']['input']; seq?: never; time?: never; }
  |  { commit?: never; seq: Scalars['Seq']['input']; time?: never; }
  |  { commit?: never; seq?: never; time: Scalars['DateTime']['input']; };

export type AssertDerivationInput = {
  derived: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  reason: Scalars['String']['input'];
  role?: Scalars['String']['input'];
  source: Scalars['ID']['input'];
};

export type AttributeFilter = {
  above?: InputMaybe<Scalars['JSON']['input']>;
  atLeast?: InputMaybe<Scalars['JSON']['input']>;
  atMost?: InputMaybe<Scalars['JSON']['input']>;
  below?: InputMaybe<Scalars['JSON']['input']>;
  equals?: InputMaybe<Scalars['JSON']['input']>;
  exists?: InputMaybe<Scalars['Boolean']['input']>;
  in?: InputMaybe<Array<Scalars['JSON']['input']>>;
  path: Scalars['String']['input'];
};

export type BeginUploadInput = {
  digest?: InputMaybe<Scalars['Digest']['input']>;
  expiresIn?: Scalars['Int']['input'];
  sha256?: InputMaybe<Scalars['String']['input']>;
  size: Scalars['ByteSize']['input'];
};

export type CampaignStatus =
  | 'DEPLOY_OPEN'
  | 'DONE'
  | 'EVALUATE_OPEN'
  | 'REFRESH_OPEN'
  | 'TRAIN_OPEN';

export type ChangeInput =
  { assertDerivation: AssertDerivationInput; correct?: never; putVersion?: never; reinstate?: never; removeTag?: never; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  { assertDerivation?: never; correct: CorrectInput; putVersion?: never; reinstate?: never; removeTag?: never; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  { assertDerivation?: never; correct?: never; putVersion: PutVersionInput; reinstate?: never; removeTag?: never; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate: ReinstateInput; removeTag?: never; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate?: never; removeTag: RemoveTagInput; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate?: never; removeTag?: never; retract: RetractInput; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate?: never; removeTag?: never; retract?: never; rollback: RollbackInput; setTag?: never; snapshotTrainingSet?: never; }
  |  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate?: never; removeTag?: never; retract?: never; rollback?: never; setTag: SetTagInput; snapshotTrainingSet?: never; }
  |  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate?: never; removeTag?: never; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet: SnapshotTrainingSetInput; };

export type ChangeOnto =
  | 'HEAD';

export type ClassChangeInput = {
  classes?: InputMaybe<Array<Scalars['JSON']['input']>>;
  from?: InputMaybe<Array<Scalars['JSON']['input']>>;
  kind: ClassChangeKind;
  to?: InputMaybe<Array<Scalars['JSON']['input']>>;
};

export type ClassChangeKind =
  | 'MERGE'
  | 'REDEFINE'
  | 'RENAME'
  | 'SPLIT';

export type CommitAxis =
  | 'SEQ'
  | 'TIME';

export type CommitFilter = {
  authors?: InputMaybe<Array<Scalars['String']['input']>>;
  committed?: InputMaybe<CommitSpan>;
  hasStatements?: InputMaybe<Scalars['Boolean']['input']>;
};

export type CommitInput = {
  changes: Array<ChangeInput>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  message?: InputMaybe<Scalars['String']['input']>;
};

export type CommitSpan = {
  from?: InputMaybe<Scalars['Seq']['input']>;
  since?: InputMaybe<Scalars['DateTime']['input']>;
  to?: InputMaybe<Scalars['Seq']['input']>;
  until?: InputMaybe<Scalars['DateTime']['input']>;
};

export type CompleteUploadInput = {
  digest?: InputMaybe<Scalars['Digest']['input']>;
  id: Scalars['ID']['input'];
};

export type CorrectInput = {
  activity?: InputMaybe<ActivityInput>;
  as?: InputMaybe<Scalars['String']['input']>;
  attributes?: InputMaybe<Scalars['JSON']['input']>;
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  mediaType?: InputMaybe<Scalars['String']['input']>;
  message?: InputMaybe<Scalars['String']['input']>;
  ontology?: InputMaybe<Scalars['ID']['input']>;
  payload?: InputMaybe<Scalars['Digest']['input']>;
  reason: Scalars['String']['input'];
  recordImageSize?: Scalars['Boolean']['input'];
  sources?: InputMaybe<Array<SourceInput>>;
  version: Scalars['ID']['input'];
};

export type CorrectionFilter = {
  causes?: InputMaybe<Array<StatementKind>>;
  fromSeq?: InputMaybe<Scalars['Seq']['input']>;
  keyPrefix?: InputMaybe<Scalars['String']['input']>;
  kinds?: InputMaybe<Array<ItemKind>>;
  namespaces?: InputMaybe<Array<Scalars['String']['input']>>;
  toSeq?: InputMaybe<Scalars['Seq']['input']>;
};

export type Direction =
  | 'BOTH'
  | 'DOWN'
  | 'UP';

export type GroupOrder =
  | 'COUNT_DESCENDING'
  | 'GROUP';

export type Inclusion =
  | 'COARSE'
  | 'DERIVED'
  | 'DIRECT'
  | 'SELF';

export type IncompleteReason =
  | 'DEPTH'
  | 'EDGES'
  | 'NODES'
  | 'TIME';

export type ItemFilter = {
  attribute?: InputMaybe<AttributeFilter>;
  attributes?: InputMaybe<Array<AttributeFilter>>;
  authors?: InputMaybe<Array<Scalars['String']['input']>>;
  committed?: InputMaybe<CommitSpan>;
  created?: InputMaybe<CommitSpan>;
  keyPrefix?: InputMaybe<Scalars['String']['input']>;
  kinds?: InputMaybe<Array<ItemKind>>;
  namespaces?: InputMaybe<Array<Scalars['String']['input']>>;
  stale?: InputMaybe<Scalars['Boolean']['input']>;
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  words?: InputMaybe<Scalars['String']['input']>;
  wrong?: InputMaybe<Scalars['Boolean']['input']>;
};

export type ItemGroup =
  | 'AUTHOR'
  | 'KIND'
  | 'NAMESPACE'
  | 'TAG';

export type ItemKey = {
  key: Scalars['String']['input'];
  kind: ItemKind;
  namespace?: Scalars['String']['input'];
};

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

export type ItemOrder =
  | 'COMMITTED'
  | 'COMMITTED_DESCENDING'
  | 'CREATED'
  | 'CREATED_DESCENDING'
  | 'KEY'
  | 'KEY_DESCENDING';

export type LeakageKind =
  | 'COMMON_ANCESTOR'
  | 'COMMON_MEMBER'
  | 'EQUAL_CONTENT'
  | 'EQUAL_PAYLOAD'
  | 'SAME_ITEM';

export type LineageGroup =
  | 'DEPTH'
  | 'KIND'
  | 'NAMESPACE'
  | 'ROLE'
  | 'TAG';

export type MemberGroup =
  | 'KIND'
  | 'NAMESPACE'
  | 'SPLIT';

export type MemberInput = {
  split?: Scalars['String']['input'];
  version: Scalars['ID']['input'];
  weight?: InputMaybe<Scalars['Float']['input']>;
};

export type MembersChangeInput = {
  add?: InputMaybe<Array<MemberInput>>;
  base: Scalars['ID']['input'];
  onto?: InputMaybe<ChangeOnto>;
  remove?: InputMaybe<Array<Scalars['ID']['input']>>;
};

export type MembersInput =
  { all: Array<MemberInput>; change?: never; select?: never; }
  |  { all?: never; change: MembersChangeInput; select?: never; }
  |  { all?: never; change?: never; select: MembersSelectInput; };

export type MembersSelectInput = {
  asOf?: InputMaybe<AsOf>;
  filter: ItemFilter;
  split?: Scalars['String']['input'];
};

export type PutVersionInput = {
  activity?: InputMaybe<ActivityInput>;
  as?: InputMaybe<Scalars['String']['input']>;
  attributes?: InputMaybe<Scalars['JSON']['input']>;
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  item: ItemKey;
  mediaType?: InputMaybe<Scalars['String']['input']>;
  message?: InputMaybe<Scalars['String']['input']>;
  ontology?: InputMaybe<Scalars['ID']['input']>;
  ontologyChanges?: InputMaybe<Array<ClassChangeInput>>;
  parent?: InputMaybe<Scalars['ID']['input']>;
  payload?: InputMaybe<Scalars['Digest']['input']>;
  recordImageSize?: Scalars['Boolean']['input'];
  sources?: InputMaybe<Array<SourceInput>>;
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
};

export type RefreshTrainingSetInput = {
  causes?: InputMaybe<Array<StatementKind>>;
  dryRun?: Scalars['Boolean']['input'];
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  item: ItemKey;
};

export type ReinstateInput = {
  activity?: InputMaybe<ActivityInput>;
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  message?: InputMaybe<Scalars['String']['input']>;
  reason: Scalars['String']['input'];
  version: Scalars['ID']['input'];
};

export type RemoveTagInput = {
  expectVersion?: InputMaybe<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  name: Scalars['String']['input'];
  version: Scalars['ID']['input'];
};

export type RetractInput = {
  activity?: InputMaybe<ActivityInput>;
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  message?: InputMaybe<Scalars['String']['input']>;
  reason: Scalars['String']['input'];
  version: Scalars['ID']['input'];
};

export type RollbackInput = {
  as?: InputMaybe<Scalars['String']['input']>;
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  item: ItemKey;
  reason?: InputMaybe<Scalars['String']['input']>;
  to: Scalars['ID']['input'];
};

export type SetTagInput = {
  alias?: Scalars['Boolean']['input'];
  expectVersion?: InputMaybe<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  name: Scalars['String']['input'];
  version: Scalars['ID']['input'];
};

export type SnapshotTrainingSetInput = {
  as?: InputMaybe<Scalars['String']['input']>;
  attributes?: InputMaybe<Scalars['JSON']['input']>;
  complete?: Scalars['Boolean']['input'];
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  item: ItemKey;
  members: MembersInput;
  message?: InputMaybe<Scalars['String']['input']>;
  sources?: InputMaybe<Array<SourceInput>>;
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
};

export type SourceInput = {
  role?: Scalars['String']['input'];
  version: Scalars['ID']['input'];
};

export type StatementFilter = {
  authors?: InputMaybe<Array<Scalars['String']['input']>>;
  committed?: InputMaybe<CommitSpan>;
  inForce?: InputMaybe<Scalars['Boolean']['input']>;
  itemKinds?: InputMaybe<Array<ItemKind>>;
  keyPrefix?: InputMaybe<Scalars['String']['input']>;
  kinds?: InputMaybe<Array<StatementKind>>;
  namespaces?: InputMaybe<Array<Scalars['String']['input']>>;
};

export type StatementKind =
  | 'CORRECTS'
  | 'PURGES'
  | 'REINSTATES'
  | 'RETRACTS';

export type StatementOrder =
  | 'COMMITTED'
  | 'COMMITTED_DESCENDING';

export type UploadMethod =
  | 'POST'
  | 'PUT';

export type VersionFilter = {
  attribute?: InputMaybe<AttributeFilter>;
  attributes?: InputMaybe<Array<AttributeFilter>>;
  isHead?: InputMaybe<Scalars['Boolean']['input']>;
  keyPrefix?: InputMaybe<Scalars['String']['input']>;
  kinds?: InputMaybe<Array<ItemKind>>;
  namespaces?: InputMaybe<Array<Scalars['String']['input']>>;
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  words?: InputMaybe<Scalars['String']['input']>;
  wrong?: InputMaybe<Scalars['Boolean']['input']>;
};

export type WrongInput =
  { all: CorrectionFilter; commit?: never; items?: never; versions?: never; }
  |  { all?: never; commit: Scalars['ID']['input']; items?: never; versions?: never; }
  |  { all?: never; commit?: never; items: Array<Scalars['ID']['input']>; versions?: never; }
  |  { all?: never; commit?: never; items?: never; versions: Array<Scalars['ID']['input']>; };
