/** Which addresses events may be sent to. What a name resolves to is for whoever connects to it to check again. */
export abstract class SinkPolicy {
  /** What is wrong with an http or https address, in words that continue its name; undefined where nothing is. */
  abstract objection(sink: URL): string | undefined;
}
