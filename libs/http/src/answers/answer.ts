/** A body with what belongs in the headers beside it; handlers return it, an interceptor unwraps it. */
export class Answer<T> {
  constructor(
    readonly body: T,
    readonly head: AnswerHead,
  ) {}
}

export interface AnswerHead {
  /** The resource's version, for its `ETag`; `If-None-Match` on a GET is then answered with 304. */
  version?: number;
  /** Tells apart what else the answer shows and no `If-Match` asks about, in letters, digits and `-`; part of the `ETag`. */
  revision?: number | string;
  /** Where it is another than the endpoint's own, as 200 for what a POST has found there already. */
  status?: number;
  /** Path of what was created. */
  location?: string;
  headers?: Readonly<Record<string, string>>;
}

/** `return answer(event, { version: event.version, location: `/v1/events/${event.id}` })` */
export const answer = <T>(body: T, head: AnswerHead): Answer<T> => new Answer(body, head);
