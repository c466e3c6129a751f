import { CopyButton } from '../parts/CopyButton';

/** A command or a program on the page, with a button that copies it. */
export function CopyLine({ name, text }: { name: string; text: string }) {
  return (
    <div className="copy-line">
      <p>
        <strong>{name}</strong> <CopyButton text={text} what={name} />
      </p>
      <pre className="scroll" tabIndex={0} role="region" aria-label={name}>
        {text}
      </pre>
    </div>
  );
}
