/** An error in the caller's input that the edge answers itself, with its HTTP status. */
import { UserError } from '../errors';

export class HttpRefusal extends UserError {
  constructor(
    readonly statusCode: number,
    code: string,
    message: string,
    details: Record<string, unknown> = {},
  ) {
    super(code, message, { details });
  }
}
