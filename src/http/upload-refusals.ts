/** The edge's own refusals of uploads. */
import { HttpRefusal } from './http-refusal';

export function tooManyUploads(max: number): HttpRefusal {
  return new HttpRefusal(
    503,
    'TOO_MANY_UPLOADS',
    `${max} uploads are under way (uploads), which is as many as there may be. Try again later.`,
    { limit: 'uploads', max },
  );
}

export function uploadTooLarge(max: number): HttpRefusal {
  return new HttpRefusal(
    413,
    'UPLOAD_TOO_LARGE',
    `The file is larger than the ${max} bytes that are allowed (upload_bytes in config.yaml). Register it by its path, or from the terminal.`,
    { limit: 'uploadBytes', max },
  );
}

export function uploadIdle(idleMs: number): HttpRefusal {
  return new HttpRefusal(
    408,
    'UPLOAD_IDLE',
    `Next to nothing of the file arrived for ${idleMs} ms (uploadIdleMs). Send it again.`,
    { limit: 'uploadIdleMs', max: idleMs },
  );
}

/** Nobody is there to read it; it is for the log. */
export function uploadInterrupted(): HttpRefusal {
  return new HttpRefusal(400, 'UPLOAD_INTERRUPTED', 'The connection ended before the file did.');
}
