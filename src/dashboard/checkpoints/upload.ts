/** Sends a file to the service's upload route, telling how far it is. fetch() can't tell that; XMLHttpRequest can. */
import type { Problem } from '../client/problem';
import { askForToken, authorization } from '../client/token';

export interface Upload {
  answer: Promise<Uploaded>;
  stop: () => void;
}

export interface Uploaded {
  id: string;
  /** False where the same content was there already. */
  created: boolean;
}

/** What the service refused, in its words. */
export class UploadRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

/** @param onProgress told the share that is sent, 0 to 1 */
export function upload(file: File, onProgress: (share: number) => void): Upload {
  const request = new XMLHttpRequest();
  const answer = new Promise<Uploaded>((resolve, reject) => {
    const refuse = (code: string, message: string) => {
      reject(new UploadRefused({ code, message }));
    };
    request.upload.onprogress = ({ loaded, total }) => {
      onProgress(total === 0 ? 0 : loaded / total);
    };
    request.onload = () => {
      if (request.status < 300) {
        resolve(JSON.parse(request.responseText) as Uploaded);
        return;
      }
      const problem = problemIn(request.responseText);
      if (problem.code === 'UNAUTHENTICATED') askForToken(problem.message);
      refuse(problem.code, problem.message);
    };
    request.onerror = () => {
      refuse('NO_ANSWER', 'The connection broke before the service answered. Send the file again.');
    };
    request.onabort = () => {
      refuse('UPLOAD_STOPPED', 'The upload was stopped; nothing is kept of it.');
    };
  });
  request.open('PUT', `/checkpoints/upload?${new URLSearchParams({ filename: file.name })}`);
  request.setRequestHeader('content-type', 'application/octet-stream');
  for (const [name, value] of Object.entries(authorization())) {
    request.setRequestHeader(name, value);
  }
  request.send(file);
  return {
    answer,
    stop: () => {
      request.abort();
    },
  };
}

function problemIn(text: string): Problem {
  try {
    const { errors } = JSON.parse(text) as {
      errors: { message: string; extensions: { code: string } }[];
    };
    const [first] = errors;
    if (first !== undefined) return { code: first.extensions.code, message: first.message };
  } catch {
    // A proxy's page, perhaps.
  }
  return { code: 'ERROR', message: 'The service refused the file without saying why.' };
}
