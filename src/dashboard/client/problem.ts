/** What went wrong, in the service's own words and with its stable code. */
import type { CombinedError } from '@urql/core';

export interface Problem {
  code: string;
  message: string;
}

export function codeOf(error: CombinedError): string | undefined {
  const code = error.graphQLErrors[0]?.extensions.code;
  return typeof code === 'string' ? code : undefined;
}

export function problemsOf(error: CombinedError): Problem[] {
  if (error.graphQLErrors.length === 0) {
    return [
      { code: 'NO_ANSWER', message: 'The service does not answer. It is asked again by itself.' },
    ];
  }
  return error.graphQLErrors.map(({ message, extensions }) => ({
    code: typeof extensions.code === 'string' ? extensions.code : 'ERROR',
    message,
  }));
}
