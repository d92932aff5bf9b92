/**
 * The commands of `@aws-sdk/client-s3` that the tutorial's functions make, for the worker. Its clients are simulated and read
 * nothing but the input; the SDK is three times as large as the page may be.
 */
class Command<Input> {
  readonly input: Input;

  constructor(input: Input) {
    this.input = input;
  }
}

export class GetObjectCommand extends Command<unknown> {}
export class ListObjectsV2Command extends Command<unknown> {}
