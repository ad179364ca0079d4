/** A SHA-256: shortened for the eye, whole in the title and to whoever copies it. */
import { useState } from 'react';
import { shortDigest } from './format';

export function Digest({ value }: { value: string }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(value).then(() => {
      setCopied(true);
      window.setTimeout(() => {
        setCopied(false);
      }, 1_500);
    });
  };
  return (
    <button type="button" className="digest" title={`${value}: copy`} onClick={copy}>
      {copied ? 'copied' : shortDigest(value)}
    </button>
  );
}
