import { SingleBar } from "cli-progress";

/** What takes text, such as a stream of Node's. */
export interface TextStream {
  /** Takes the text, line ends included; what it returns is not used. */
  write(text: string): unknown;
  /** Whether it is a terminal, which can show a live bar. */
  readonly isTTY?: boolean;
}

/** What a bar shows besides the count, by name. */
export type Payload = Readonly<Record<string, string>>;

/** A bar that is being drawn. */
export interface Bar {
  update(seen: number, payload: Payload): void;
  stop(): void;
}

/** How a bar is drawn. */
export interface BarOptions {
  readonly stream: TextStream;
  /** The line, with `{bar}`, `{percentage}` and the names of the payload in braces. */
  readonly format: string;
  /** The count at which the bar is full. */
  readonly total: number;
  readonly framesPerSecond: number;
}

/** Where progress goes when nothing is said. */
export const standardError = (): TextStream => process.stderr;

/** Starts to draw a bar; null where the stream is no terminal. */
export function startBar(options: BarOptions, seen: number, payload: Payload): Bar | null {
  const { stream, format, total, framesPerSecond } = options;
  if (!isTerminal(stream)) return null;
  const bar = new SingleBar({
    format,
    stream,
    barsize: 24,
    barCompleteChar: "━",
    barIncompleteChar: "─",
    fps: framesPerSecond,
    hideCursor: true,
    linewrap: false,
    clearOnComplete: true,
    // The program that trains decides what an interrupt means.
    gracefulExit: false,
  });
  bar.start(total, seen, payload);
  return bar;
}

function isTerminal(stream: TextStream): stream is NodeJS.WriteStream {
  return stream.isTTY === true;
}
