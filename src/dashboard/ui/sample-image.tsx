/** One image of a dataset, with its pixels unblurred. Where the service asks for a token, an <img> alone could not send it. */
import { useEffect, useState } from 'react';
import { authorization, currentToken } from '../client/token';

interface SampleImageProps {
  url: string;
  /** What it shows; empty where text beside it says so. */
  alt: string;
  /** Its longer side, in CSS pixels. */
  size?: number;
}

export function SampleImage({ url, alt, size = 84 }: SampleImageProps) {
  const needsToken = currentToken() !== undefined;
  const [blob, setBlob] = useState<string>();
  useEffect(() => {
    if (!needsToken) return undefined;
    const stop = new AbortController();
    let made: string | undefined;
    void fetch(url, { headers: authorization(), signal: stop.signal })
      .then((answer) => (answer.ok ? answer.blob() : undefined))
      .then((image) => {
        if (image === undefined || stop.signal.aborted) return;
        made = URL.createObjectURL(image);
        setBlob(made);
      })
      .catch(() => {
        // The frame says when the service does not answer; the text beside the image stays.
      });
    return () => {
      stop.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
    };
  }, [url, needsToken]);
  return (
    <img
      className="sample-image"
      src={needsToken ? blob : url}
      alt={alt}
      width={size}
      height={size}
      loading="lazy"
      decoding="async"
    />
  );
}
