const WORDS: Record<string, [one: string, many: string]> = {
  SOURCE: ['source', 'sources'],
  LABEL: ['label', 'labels'],
  DERIVED: ['derived', 'derived'],
  BUNDLE: ['bundle', 'bundles'],
  ONTOLOGY: ['class list', 'class lists'],
  TRAINING_SET: ['training set', 'training sets'],
  MODEL: ['model', 'models'],
  EVALUATION: ['evaluation', 'evaluations'],
  DEPLOYMENT: ['deployment', 'deployments'],
};

/** Writes a kind for people: `training set`, or `training sets` if there are several. */
export function kindWords(kind: string | null, count = 1): string {
  const words = kind === null ? undefined : WORDS[kind];
  return words === undefined ? (kind ?? 'version') : words[count === 1 ? 0 : 1];
}
