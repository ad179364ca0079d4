/** Lets what is seen first be painted and answered before the rest of a room asks and computes. */
import { useEffect, useState } from 'react';

const WAIT_MS = 150;

/** @returns false at first, true soon after the first paint */
export function useAfterPaint(): boolean {
  const [isPainted, setPainted] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => {
      setPainted(true);
    }, WAIT_MS);
    return () => {
      window.clearTimeout(timer);
    };
  }, []);
  return isPainted;
}
