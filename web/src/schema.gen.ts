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
  /**
   * A number of bytes: an integer from 0, as a string because it may exceed the safe range of
   * JavaScript.
   */
  ByteSize: { input: string; output: string; }
  /** A moment in RFC 3339, returned in UTC with microseconds: `2026-03-01T12:00:00.000000Z`. */
  DateTime: { input: string; output: string; }
  /** The BLAKE3 digest of a payload: `b3:` and 64 lower-case hex digits. */
  Digest: { input: string; output: string; }
  /**
   * Any JSON value. Numbers beyond ±(2^53 - 1) are rejected, because JSON clients do not keep them
   * exactly.
   */
  JSON: { input: unknown; output: unknown; }
  /**
   * The number of a commit: an integer from 0, as a string because it may exceed the safe range of
   * JavaScript. 0 is the empty store before the first commit. `after` and `before` also accept a
   * position, as in cursors of the change feed: a seq with the mark of its commit, such as
   * `"12-1a2b3c4d5e6f7081"`.
   */
  Seq: { input: string; output: string; }
};

/** The activity that made a version. It is not part of the version's id. */
export type ActivityInput = {
  /** The code that ran: a commit, an image digest or an address. */
  codeReference?: InputMaybe<Scalars['String']['input']>;
  /** The time at which it ended. */
  endedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** Its name, such as `crop`. */
  name: Scalars['String']['input'];
  /** Its parameters: a JSON object. */
  parameters?: InputMaybe<Scalars['JSON']['input']>;
  /** The time at which it started. */
  startedAt?: InputMaybe<Scalars['DateTime']['input']>;
};

/** The present state of an item with a wrong version. */
export type AffectedStatus =
  /** The label is not wrong, but the meaning of a class that it uses has changed. */
  | 'ONTOLOGY_STALE'
  /** The item's head has the same content again. */
  | 'RESTORED'
  /** Nothing replaced it. */
  | 'RETRACTED'
  /** Another version replaced it. */
  | 'STALE';

/** A moment. Give exactly one field. */
export type AsOf =
  /** The state after this commit, given by its id. */
  { commit: Scalars['ID']['input']; seq?: never; time?: never; }
  |  /** The state after the commit with this seq; 0 is the empty store. */
  { commit?: never; seq: Scalars['Seq']['input']; time?: never; }
  |  /** The state after the last commit at or before this time. */
  { commit?: never; seq?: never; time: Scalars['DateTime']['input']; };

/**
 * A derivation between existing versions. It takes effect with the commit that asserts it, and
 * must not close a cycle.
 */
export type AssertDerivationInput = {
  /** The derived version. */
  derived: Scalars['ID']['input'];
  /**
   * A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
   * first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The evidence for the derivation. */
  reason: Scalars['String']['input'];
  /** The role of the source. */
  role?: Scalars['String']['input'];
  /** The version it was made from. */
  source: Scalars['ID']['input'];
};

/**
 * A condition on an attribute. All given tests must hold. Numbers compare by value, texts by code
 * points, so that RFC 3339 times with the same offset compare by time. A bound matches values of
 * its own type only.
 */
export type AttributeFilter = {
  /** Greater than this number or text. */
  above?: InputMaybe<Scalars['JSON']['input']>;
  /** Greater than or equal to this number or text; a text of at most 64 bytes. */
  atLeast?: InputMaybe<Scalars['JSON']['input']>;
  /** Less than or equal to this number or text. */
  atMost?: InputMaybe<Scalars['JSON']['input']>;
  /** Less than this number or text. */
  below?: InputMaybe<Scalars['JSON']['input']>;
  /** Equal to this complete value; null matches null. */
  equals?: InputMaybe<Scalars['JSON']['input']>;
  /** True: the path has a value, null included. False: it has none. */
  exists?: InputMaybe<Scalars['Boolean']['input']>;
  /** Equal to one of these complete values; at most 10,000. */
  in?: InputMaybe<Array<Scalars['JSON']['input']>>;
  /**
   * The path of the attribute: names from the outside in, separated by dots. A dot in a name is
   * written `\.`.
   */
  path: Scalars['String']['input'];
};

/** The announcement of an upload. */
export type BeginUploadInput = {
  /** The digest of the bytes, if it is known. Bytes that exist already need not be sent. */
  digest?: InputMaybe<Scalars['Digest']['input']>;
  /** The lifetime of the requests in seconds: 1 to 604,800, which is a week. */
  expiresIn?: Scalars['Int']['input'];
  /**
   * The SHA-256 of the bytes as 64 hex digits, if it is known. A bucket then rejects any other
   * bytes.
   */
  sha256?: InputMaybe<Scalars['String']['input']>;
  /** The number of bytes. */
  size: Scalars['ByteSize']['input'];
};

/** The next step for a training set that contained something that a campaign found wrong. */
export type CampaignStatus =
  /** Such a model has been evaluated, and none has been deployed. */
  | 'DEPLOY_OPEN'
  /** All steps are done. */
  | 'DONE'
  /** A model has been trained on it since, and none has been evaluated. */
  | 'EVALUATE_OPEN'
  /** Its current version still contains something wrong. */
  | 'REFRESH_OPEN'
  /** It has been refreshed, and no model has been trained on it since. */
  | 'TRAIN_OPEN';

/** One change of a commit. Give exactly one field. */
export type ChangeInput =
  /** A derivation between existing versions. */
  { assertDerivation: AssertDerivationInput; correct?: never; putVersion?: never; reinstate?: never; removeTag?: never; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  /** A corrected version of an item. */
  { assertDerivation?: never; correct: CorrectInput; putVersion?: never; reinstate?: never; removeTag?: never; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  /** A version of an item. */
  { assertDerivation?: never; correct?: never; putVersion: PutVersionInput; reinstate?: never; removeTag?: never; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  /** A statement that a version was not wrong after all. */
  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate: ReinstateInput; removeTag?: never; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  /** A tag to remove from a version. */
  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate?: never; removeTag: RemoveTagInput; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  /** A statement that a version was wrong. */
  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate?: never; removeTag?: never; retract: RetractInput; rollback?: never; setTag?: never; snapshotTrainingSet?: never; }
  |  /** A new version with the content of an older one. */
  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate?: never; removeTag?: never; retract?: never; rollback: RollbackInput; setTag?: never; snapshotTrainingSet?: never; }
  |  /** A tag to set on a version. */
  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate?: never; removeTag?: never; retract?: never; rollback?: never; setTag: SetTagInput; snapshotTrainingSet?: never; }
  |  /** A training set version. */
  { assertDerivation?: never; correct?: never; putVersion?: never; reinstate?: never; removeTag?: never; retract?: never; rollback?: never; setTag?: never; snapshotTrainingSet: SnapshotTrainingSetInput; };

/** The version to which a change of members is applied. */
export type ChangeOnto =
  /** The set's current version. */
  | 'HEAD';

/**
 * The effect of a class list version on classes of its parent: `from` and `to`, or `classes`
 * alone.
 */
export type ClassChangeInput = {
  /** The changed classes, without their replacements. A RENAME in this form cannot be followed. */
  classes?: InputMaybe<Array<Scalars['JSON']['input']>>;
  /**
   * The classes of the parent: values of the attribute `class` of labels. RENAME and SPLIT take
   * one, MERGE two or more, REDEFINE one or more.
   */
  from?: InputMaybe<Array<Scalars['JSON']['input']>>;
  /** The kind of change. */
  kind: ClassChangeKind;
  /**
   * The classes of this version that replace them. RENAME and MERGE take one, SPLIT two or more,
   * REDEFINE none.
   */
  to?: InputMaybe<Array<Scalars['JSON']['input']>>;
};

/** The change of a class from one class list to the next. */
export type ClassChangeKind =
  /** Several classes were merged into one. */
  | 'MERGE'
  /** The same name with another meaning. */
  | 'REDEFINE'
  /** The class has another name. Affects no label. */
  | 'RENAME'
  /** One class was split into several. */
  | 'SPLIT';

/**
 * A filter over commits. All given fields must match; an absent field matches everything; an empty
 * list matches nothing.
 */
export type CommitFilter = {
  /** Commits of one of these authors. */
  authors?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Commits in this span. */
  committed?: InputMaybe<CommitSpan>;
  /** True: commits with statements, such as campaigns of corrections. False: the others. */
  hasStatements?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Changes that are committed atomically. */
export type CommitInput = {
  /** The changes, applied in this order; 1 to 10,000. */
  changes: Array<ChangeInput>;
  /**
   * A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
   * first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** A note about the commit. */
  message?: InputMaybe<Scalars['String']['input']>;
};

/** A span of commits. All given bounds must hold; they are inclusive. */
export type CommitSpan = {
  /** This commit or a later one. */
  from?: InputMaybe<Scalars['Seq']['input']>;
  /** This time or a later one. */
  since?: InputMaybe<Scalars['DateTime']['input']>;
  /** This commit or an earlier one. */
  to?: InputMaybe<Scalars['Seq']['input']>;
  /** This time or an earlier one. */
  until?: InputMaybe<Scalars['DateTime']['input']>;
};

/** An upload whose bytes have been sent. */
export type CompleteUploadInput = {
  /**
   * The digest in the response to POST /blobs, if that was the request and `beginUpload` was
   * called without a digest.
   */
  digest?: InputMaybe<Scalars['Digest']['input']>;
  /** The id from `beginUpload`. */
  id: Scalars['ID']['input'];
};

/**
 * A corrected version of an item, with the statement that the given version was wrong. A field
 * that is absent or null keeps the value of the corrected version.
 */
export type CorrectInput = {
  /**
   * The activity that found the error and made the correction. Recorded, but not compared when
   * the request is repeated.
   */
  activity?: InputMaybe<ActivityInput>;
  /**
   * In a commit only: a name for the result, which later changes use as `@name` in place of a
   * version.
   */
  as?: InputMaybe<Scalars['String']['input']>;
  /** The corrected attributes, complete. */
  attributes?: InputMaybe<Scalars['JSON']['input']>;
  /**
   * Fails with CONFLICT unless this is the item's current version or the same statement was made
   * before.
   */
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  /**
   * A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
   * first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /**
   * The media type of the corrected bytes, such as `image/png`. Rejected if the bytes begin as
   * an image of another type.
   */
  mediaType?: InputMaybe<Scalars['String']['input']>;
  /** A note. Recorded, but not compared when the request is repeated. */
  message?: InputMaybe<Scalars['String']['input']>;
  /** The class list version of the corrected label. */
  ontology?: InputMaybe<Scalars['ID']['input']>;
  /** The digest of the corrected bytes, which must have been uploaded. */
  payload?: InputMaybe<Scalars['Digest']['input']>;
  /** The reason why the version was wrong. */
  reason: Scalars['String']['input'];
  /**
   * Records the width and height of the image, read from its bytes, as attributes `width` and
   * `height` (in pixels as stored).
   */
  recordImageSize?: Scalars['Boolean']['input'];
  /** The sources of the corrected version, complete. */
  sources?: InputMaybe<Array<SourceInput>>;
  /** The version that was wrong. */
  version: Scalars['ID']['input'];
};

/**
 * A filter over wrong versions. All given fields must match; an absent field matches everything;
 * an empty list matches nothing.
 */
export type CorrectionFilter = {
  /** Versions that are wrong by a statement of one of these kinds: CORRECTS, RETRACTS. */
  causes?: InputMaybe<Array<StatementKind>>;
  /** Versions made wrong by this commit or a later one. */
  fromSeq?: InputMaybe<Scalars['Seq']['input']>;
  /** Versions of items whose key starts with this text. */
  keyPrefix?: InputMaybe<Scalars['String']['input']>;
  /** Versions of items of one of these kinds. */
  kinds?: InputMaybe<Array<ItemKind>>;
  /** Versions of items in one of these namespaces. */
  namespaces?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Versions made wrong by this commit or an earlier one. */
  toSeq?: InputMaybe<Scalars['Seq']['input']>;
};

/** The direction of a traversal through lineage. */
export type Direction =
  /** The union of both closures; a path never changes direction. */
  | 'BOTH'
  /** Towards everything made from it. */
  | 'DOWN'
  /** Towards sources. */
  | 'UP';

/** The way in which a training set, model, evaluation or deployment includes something wrong. */
export type Inclusion =
  /**
   * Connected only by a derivation of the set as one unit, because the set's manifest is
   * incomplete.
   */
  | 'COARSE'
  /** A member was made from it. */
  | 'DERIVED'
  /** The wrong version itself is a member. */
  | 'DIRECT'
  /** The version is wrong itself: it was retracted or corrected. */
  | 'SELF';

/** The reason that an answer is incomplete. */
export type IncompleteReason =
  /** There is more beyond the requested depth. */
  | 'DEPTH'
  /** The maximum number of derivations per request was followed. */
  | 'EDGES'
  /** The maximum number of versions per request was visited. */
  | 'NODES'
  /** The time limit of the request was reached. */
  | 'TIME';

/**
 * A filter over items. All given fields must match; an absent field matches everything; an empty
 * list matches nothing.
 */
export type ItemFilter = {
  /** Items whose current version matches this condition. */
  attribute?: InputMaybe<AttributeFilter>;
  /** Items whose current version matches all of these conditions; at most 32. */
  attributes?: InputMaybe<Array<AttributeFilter>>;
  /** Items whose current version was committed by one of these authors. */
  authors?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Items whose current version was committed in this span. */
  committed?: InputMaybe<CommitSpan>;
  /** Items whose first version was committed in this span. */
  created?: InputMaybe<CommitSpan>;
  /** Items whose key starts with this text. */
  keyPrefix?: InputMaybe<Scalars['String']['input']>;
  /** Items of one of these kinds. */
  kinds?: InputMaybe<Array<ItemKind>>;
  /** Items in one of these namespaces. */
  namespaces?: InputMaybe<Array<Scalars['String']['input']>>;
  /**
   * True: items whose current version was made from something wrong or pins it, directly or
   * through other versions, models included. False: the others. A version that is wrong itself
   * is not stale for that reason.
   */
  stale?: InputMaybe<Scalars['Boolean']['input']>;
  /** Items whose current version has one of these tags. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  /**
   * Items with all these words in the key or in a text of the current version's attributes.
   * Words are runs of letters and digits, compared without regard to case and Unicode
   * normalization. The last word is a prefix, unless another character follows it, such as a
   * space. In scripts without spaces (Han, kana, Thai and others) each pair of adjacent
   * characters is a word. At most 32 words.
   */
  words?: InputMaybe<Scalars['String']['input']>;
  /** True: items whose current version is wrong. False: the others. */
  wrong?: InputMaybe<Scalars['Boolean']['input']>;
};

/** The identity of an item: namespace, kind and key. The same three always name the same item. */
export type ItemKey = {
  /** The name within namespace and kind: 1 to 512 bytes, such as `tiles/berlin/0012`. */
  key: Scalars['String']['input'];
  /** The kind of the item. */
  kind: ItemKind;
  /** The namespace of the key: 1 to 63 of `a-z`, `0-9`, `.`, `_` and `-`. */
  namespace?: Scalars['String']['input'];
};

/** The role of an item in lineage. */
export type ItemKind =
  /** Versions that belong together, such as an image and its labels; derived from each of them. */
  | 'BUNDLE'
  /** A deployment of a model. */
  | 'DEPLOYMENT'
  /** Computed data: a crop, a feature, an augmentation, a pseudo-label. */
  | 'DERIVED'
  /** An evaluation of a model. */
  | 'EVALUATION'
  /** A label of a source. */
  | 'LABEL'
  /** A trained model. */
  | 'MODEL'
  /** A class list. */
  | 'ONTOLOGY'
  /** Raw data: an image, a recording, a document. */
  | 'SOURCE'
  /** A training set, which pins member versions. */
  | 'TRAINING_SET';

/**
 * The order of a list of items. Kinds are in the order of `ItemKind`, SOURCE first; namespaces and
 * keys compare by bytes.
 */
export type ItemOrder =
  /** By the commit of the current version, oldest first. */
  | 'COMMITTED'
  /** By the commit of the current version, newest first. */
  | 'COMMITTED_DESCENDING'
  /** By creation, oldest first. */
  | 'CREATED'
  /** By creation, newest first. */
  | 'CREATED_DESCENDING'
  /** By namespace, kind and key, ascending. */
  | 'KEY'
  /** By namespace, kind and key, descending. */
  | 'KEY_DESCENDING';

/** The relation between members of two training sets. */
export type LeakageKind =
  /** The members have a common ancestor, or one is an ancestor of the other. */
  | 'COMMON_ANCESTOR'
  /** They are the same version. */
  | 'COMMON_MEMBER'
  /**
   * They belong to two items and have equal content: attributes, bytes and sources. Labels
   * that consist of a class alone also count.
   */
  | 'EQUAL_CONTENT'
  /** They belong to two items and have the same bytes, but differ otherwise. */
  | 'EQUAL_PAYLOAD'
  /** The members are versions of one item. */
  | 'SAME_ITEM';

/** The property by which the versions of a lineage are grouped. */
export type LineageGroup =
  /** The number of edges from the start. */
  | 'DEPTH'
  /** The kind of their items. */
  | 'KIND'
  /** The namespace of their items. */
  | 'NAMESPACE'
  /** Each role of the edges by which they were reached. */
  | 'ROLE'
  /** Each of their tags. */
  | 'TAG';

/** The property by which the members of a training set are grouped. */
export type MemberGroup =
  /** The kind of their items. */
  | 'KIND'
  /** The namespace of their items. */
  | 'NAMESPACE'
  /** The split in which they are pinned. */
  | 'SPLIT';

/** A version to pin. */
export type MemberInput = {
  /** The split: TRAIN, VALIDATION, TEST or another name. */
  split?: Scalars['String']['input'];
  /** The version. */
  version: Scalars['ID']['input'];
  /** The weight, a number from 0 (default 1). */
  weight?: InputMaybe<Scalars['Float']['input']>;
};

/** Changes to an earlier version of a training set. */
export type MembersChangeInput = {
  /** Members to add, or to change in split or weight; at most 1,000,000. */
  add?: InputMaybe<Array<MemberInput>>;
  /**
   * The earlier version. Fails with CONFLICT unless it is the set's current version or `onto` is
   * given.
   */
  base: Scalars['ID']['input'];
  /**
   * HEAD applies the change to the set's current version, whatever has changed since `base`.
   * Adding a member that is present and removing one that is absent are then no errors.
   */
  onto?: InputMaybe<ChangeOnto>;
  /** Members to remove; at most 1,000,000. */
  remove?: InputMaybe<Array<Scalars['ID']['input']>>;
};

/** The members of a training set version. Give exactly one field. */
export type MembersInput =
  /** All members; at most 1,000,000. */
  { all: Array<MemberInput>; change?: never; select?: never; }
  |  /** Changes to an earlier version of the set. */
  { all?: never; change: MembersChangeInput; select?: never; }
  |  /** The current versions of all items that match a filter. */
  { all?: never; change?: never; select: MembersSelectInput; };

/** The current versions of all items that match a filter, as of one moment. */
export type MembersSelectInput = {
  /**
   * The moment at which items are matched and versions are taken (default: that of the commit
   * itself).
   */
  asOf?: InputMaybe<AsOf>;
  /** The filter. At least one condition; `keyPrefix: ""` matches every item of the store. */
  filter: ItemFilter;
  /** The split of all of them. */
  split?: Scalars['String']['input'];
};

/**
 * A version of an item, with its complete content. Content equal to that of the parent creates no
 * new version.
 */
export type PutVersionInput = {
  /** The activity that made it. */
  activity?: InputMaybe<ActivityInput>;
  /**
   * In a commit only: a name for the result, which later changes use as `@name` in place of a
   * version.
   */
  as?: InputMaybe<Scalars['String']['input']>;
  /** Attributes: a JSON object (default `{}`). */
  attributes?: InputMaybe<Scalars['JSON']['input']>;
  /**
   * Fails with CONFLICT unless this is the item's current version or the same write was done
   * before. Null: unless the item does not exist yet.
   */
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  /**
   * A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
   * first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The item; created if it is new. */
  item: ItemKey;
  /**
   * The media type of the bytes, such as `image/png`. Rejected if the bytes begin as an image of
   * another type.
   */
  mediaType?: InputMaybe<Scalars['String']['input']>;
  /** A note about the version. */
  message?: InputMaybe<Scalars['String']['input']>;
  /** The class list version that the label uses. */
  ontology?: InputMaybe<Scalars['ID']['input']>;
  /** ONTOLOGY items only: how this version of the class list changes the classes of its parent. */
  ontologyChanges?: InputMaybe<Array<ClassChangeInput>>;
  /** The parent version (default: the item's current version). */
  parent?: InputMaybe<Scalars['ID']['input']>;
  /** The digest of the bytes, which must have been uploaded. */
  payload?: InputMaybe<Scalars['Digest']['input']>;
  /**
   * Records the width and height of the image, read from its bytes, as attributes `width` and
   * `height` (in pixels as stored).
   */
  recordImageSize?: Scalars['Boolean']['input'];
  /** The versions it was made from. */
  sources?: InputMaybe<Array<SourceInput>>;
  /** Label tags to set on it. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
};

/**
 * The next version of a training set, with its wrong members replaced by the current versions. A
 * replacement takes the split and weight of the member it replaces; if it is a member already it
 * keeps its own; if it replaces several members, it takes those of the oldest.
 */
export type RefreshTrainingSetInput = {
  /**
   * The kinds of statements that make a member wrong: CORRECTS, RETRACTS or both. With an empty
   * list nothing is wrong.
   */
  causes?: InputMaybe<Array<StatementKind>>;
  /** Returns what would be replaced, and writes nothing. */
  dryRun?: Scalars['Boolean']['input'];
  /**
   * Fails with CONFLICT unless this is the set's current version or the same write was done
   * before.
   */
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  /**
   * A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
   * first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The training set. */
  item: ItemKey;
};

/** A statement that a version was not wrong after all. */
export type ReinstateInput = {
  /** The activity that found the error. Recorded, but not compared when the request is repeated. */
  activity?: InputMaybe<ActivityInput>;
  /**
   * Fails with CONFLICT unless this is the item's current version or the same statement was made
   * before.
   */
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  /**
   * A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
   * first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** A note. Recorded, but not compared when the request is repeated. */
  message?: InputMaybe<Scalars['String']['input']>;
  /** The reason why it is not wrong. */
  reason: Scalars['String']['input'];
  /** The version that is currently wrong. */
  version: Scalars['ID']['input'];
};

/** A tag to remove from a version. */
export type RemoveTagInput = {
  /**
   * Aliases only: fails with CONFLICT unless it currently points at this version or has been
   * removed before.
   */
  expectVersion?: InputMaybe<Scalars['ID']['input']>;
  /**
   * A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
   * first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The name of the tag. */
  name: Scalars['String']['input'];
  /** The version to remove it from. */
  version: Scalars['ID']['input'];
};

/** A statement that a version was wrong, without a replacement. */
export type RetractInput = {
  /** The activity that found the error. Recorded, but not compared when the request is repeated. */
  activity?: InputMaybe<ActivityInput>;
  /**
   * Fails with CONFLICT unless this is the item's current version or the same statement was made
   * before.
   */
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  /**
   * A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
   * first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** A note. Recorded, but not compared when the request is repeated. */
  message?: InputMaybe<Scalars['String']['input']>;
  /** The reason why it was wrong. */
  reason: Scalars['String']['input'];
  /** The version that was wrong. */
  version: Scalars['ID']['input'];
};

/**
 * A new version of an item with the content of an older one. It is no statement about the versions
 * between.
 */
export type RollbackInput = {
  /**
   * In a commit only: a name for the result, which later changes use as `@name` in place of a
   * version.
   */
  as?: InputMaybe<Scalars['String']['input']>;
  /**
   * Fails with CONFLICT unless this is the item's current version or the same write was done
   * before.
   */
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  /**
   * A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
   * first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The item. */
  item: ItemKey;
  /** The reason. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /** The version whose content is restored. */
  to: Scalars['ID']['input'];
};

/**
 * A tag to set on a version. An alias is unique within its item and moves; any number of versions
 * can have a label tag.
 */
export type SetTagInput = {
  /** True for an alias, false for a label tag. */
  alias?: Scalars['Boolean']['input'];
  /**
   * Aliases only: fails with CONFLICT unless it currently points at this version. Null: unless
   * the item has no such alias yet.
   */
  expectVersion?: InputMaybe<Scalars['ID']['input']>;
  /**
   * A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
   * first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The name of the tag. In one namespace, a name is either an alias or a label tag, never both. */
  name: Scalars['String']['input'];
  /** The version it points at. */
  version: Scalars['ID']['input'];
};

/** A training set version, which pins versions of other items. */
export type SnapshotTrainingSetInput = {
  /**
   * In a commit only: a name for the result, which later changes use as `@name` in place of a
   * version.
   */
  as?: InputMaybe<Scalars['String']['input']>;
  /** Attributes: a JSON object (default `{}`). */
  attributes?: InputMaybe<Scalars['JSON']['input']>;
  /** True if the members are all that the set holds. A complete set is judged by its pins alone. */
  complete?: Scalars['Boolean']['input'];
  /**
   * Fails with CONFLICT unless this is the set's current version or the same write was done
   * before. Null: unless the set does not exist yet.
   */
  expectHead?: InputMaybe<Scalars['ID']['input']>;
  /**
   * A key for this request, 1 to 256 bytes. A retry with the same key and content returns the
   * first result.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** The training set, an item of kind TRAINING_SET; created if it is new. */
  item: ItemKey;
  /** Its members. */
  members: MembersInput;
  /** A note about the version. */
  message?: InputMaybe<Scalars['String']['input']>;
  /** The sources of the set itself. */
  sources?: InputMaybe<Array<SourceInput>>;
  /** Label tags to set on it. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** A source of a version. */
export type SourceInput = {
  /** The role of the source. */
  role?: Scalars['String']['input'];
  /** The version. */
  version: Scalars['ID']['input'];
};

/**
 * A filter over statements. All given fields must match; an absent field matches everything; an
 * empty list matches nothing.
 */
export type StatementFilter = {
  /** Statements of one of these authors. */
  authors?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Statements that were committed in this span. */
  committed?: InputMaybe<CommitSpan>;
  /**
   * True: statements that still make their version wrong. False: those that do not, because they
   * were withdrawn, or never made it wrong.
   */
  inForce?: InputMaybe<Scalars['Boolean']['input']>;
  /** Statements about versions of items of one of these kinds. */
  itemKinds?: InputMaybe<Array<ItemKind>>;
  /** Statements about versions of items whose key starts with this text. */
  keyPrefix?: InputMaybe<Scalars['String']['input']>;
  /** Statements of one of these kinds. */
  kinds?: InputMaybe<Array<StatementKind>>;
  /** Statements about versions in one of these namespaces. */
  namespaces?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** The verdict of a statement about its version. */
export type StatementKind =
  /** It was wrong, and another version replaces it. */
  | 'CORRECTS'
  /** Its content was removed permanently. */
  | 'PURGES'
  /** The version was not wrong after all. */
  | 'REINSTATES'
  /** The version was wrong, without a replacement. */
  | 'RETRACTS';

/** The order of a list of statements. */
export type StatementOrder =
  /** By commit, and by place in the commit, oldest first. */
  | 'COMMITTED'
  /** By commit, and by place in the commit, newest first. */
  | 'COMMITTED_DESCENDING';

/** The HTTP method of a request. */
export type UploadMethod =
  /** POST. */
  | 'POST'
  /** PUT. */
  | 'PUT';

/**
 * A filter over versions. All given fields must match; an absent field matches everything; an
 * empty list matches nothing.
 */
export type VersionFilter = {
  /** Versions that match this condition. */
  attribute?: InputMaybe<AttributeFilter>;
  /** Versions that match all of these conditions; at most 32. */
  attributes?: InputMaybe<Array<AttributeFilter>>;
  /** True: current versions of their items. False: the others. */
  isHead?: InputMaybe<Scalars['Boolean']['input']>;
  /** Versions of items whose key starts with this text. */
  keyPrefix?: InputMaybe<Scalars['String']['input']>;
  /** Versions of items of one of these kinds. */
  kinds?: InputMaybe<Array<ItemKind>>;
  /** Versions of items in one of these namespaces. */
  namespaces?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Versions with one of these tags. */
  tags?: InputMaybe<Array<Scalars['String']['input']>>;
  /** True: versions that are wrong. False: the others. */
  wrong?: InputMaybe<Scalars['Boolean']['input']>;
};

/** The versions that may be wrong. Give exactly one field. */
export type WrongInput =
  /** Everything that is wrong and matches this filter; `{}` matches everything. */
  { all: CorrectionFilter; commit?: never; items?: never; versions?: never; }
  |  /**
   * The versions that one commit, such as a campaign of corrections, stated to be wrong, as
   * `commit:12`, unless the statement was withdrawn since. A statement that another commit
   * repeated belongs to that commit. Withdrawn statements are listed in `asked`.
   */
  { all?: never; commit: Scalars['ID']['input']; items?: never; versions?: never; }
  |  /**
   * All wrong versions of these items, by id or `namespace/KIND/key`. Items without one are
   * listed in `asked`.
   */
  { all?: never; commit?: never; items: Array<Scalars['ID']['input']>; versions?: never; }
  |  /**
   * These versions, by id or reference: `ns/LABEL/key` is the head of the item. Those that are
   * not wrong have no rows, and are listed in `asked`.
   */
  { all?: never; commit?: never; items?: never; versions: Array<Scalars['ID']['input']>; };
