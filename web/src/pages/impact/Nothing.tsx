interface NothingProps {
  answer: { asked: { wrongCount: number; notWrongCount: number }; info: { complete: boolean } };
  seq: string;
}

/** Says why nothing is affected: a clean bill of health, or a question about something that is not wrong. */
export function Nothing({ answer, seq }: NothingProps) {
  const { wrongCount, notWrongCount } = answer.asked;
  if (!answer.info.complete) return <p className="none">Nothing was found so far, and the answer is not whole.</p>;
  if (wrongCount > 0) {
    return (
      <p className="none">
        {wrongCount.toLocaleString()} {wrongCount === 1 ? 'version is' : 'versions are'} wrong as of seq {seq}, and nothing here contains{' '}
        {wrongCount === 1 ? 'it' : 'them'}.
      </p>
    );
  }
  return (
    <p className="none">
      {notWrongCount > 0
        ? `What you asked about is not wrong as of seq ${seq}. A name without # is the newest version: ask about an earlier one, such as …#1.`
        : `Nothing was known to be wrong as of seq ${seq}.`}
    </p>
  );
}
