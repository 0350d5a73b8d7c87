import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A piece of example code in a doc comment or a guide. */
export interface Block {
  /** The file it stands in, relative to the repository, with forward slashes. */
  readonly file: string;
  /** The line of the file that holds the first line of code, from 1. */
  readonly line: number;
  readonly code: string;
  /** False for blocks marked `no-run`, which are only type-checked. */
  readonly runs: boolean;
}

/** A line of text with the place it came from. */
interface Line {
  readonly text: string;
  readonly line: number;
}

const toLines = (text: string, firstLine = 1): Line[] =>
  text.split(/\r?\n/).map((line, index) => ({ text: line, line: firstLine + index }));

/** The parts of a TypeScript source that belong to an `@example` tag, without the stars of the comment. */
function exampleLines(source: string): Line[][] {
  const sections: Line[][] = [];
  for (const comment of source.matchAll(/\/\*\*[\s\S]*?\*\//g)) {
    const firstLine = source.slice(0, comment.index).split("\n").length;
    let section: Line[] | undefined;
    for (const { text, line } of toLines(comment[0].slice(0, -"*/".length), firstLine)) {
      const content = text.replace(/^\s*(\/\*\*|\*) ?/, "");
      const tag = /^@(\w+)/.exec(content);
      if (tag) section = undefined;
      if (tag?.[1] === "example") sections.push((section = []));
      else section?.push({ text: content, line });
    }
  }
  return sections;
}

/** The ```ts blocks among lines of Markdown. */
function fencedBlocks(lines: readonly Line[], file: string): Block[] {
  const blocks: Block[] = [];
  let open: { readonly code: string[]; readonly line: number; readonly runs: boolean } | undefined;
  for (const { text, line } of lines) {
    const fence = /^\s*```\s*(.*?)\s*$/.exec(text);
    if (open === undefined) {
      const words = fence?.[1].split(/\s+/) ?? [];
      if (words[0] !== "ts") continue;
      const unknown = words.slice(1).find((word) => word !== "no-run");
      if (unknown) throw new Error(`${file}:${line}: \`\`\`ts ${unknown}: the only mark of a block is no-run`);
      open = { code: [], line: line + 1, runs: !words.includes("no-run") };
    } else if (fence?.[1] === "") {
      blocks.push({ file, line: open.line, code: open.code.join("\n"), runs: open.runs });
      open = undefined;
    } else {
      open.code.push(text);
    }
  }
  if (open) throw new Error(`${file}:${open.line}: the \`\`\`ts block is not closed`);
  return blocks;
}

/**
 * The example blocks of one file: of a Markdown file all ```ts blocks, of a TypeScript file those below an `@example`.
 *
 * @throws Error if an `@example` has no ```ts block, since nothing would test it.
 */
export function findBlocks(text: string, file: string): Block[] {
  if (file.endsWith(".md")) return fencedBlocks(toLines(text), file);
  return exampleLines(text).flatMap((section) => {
    const blocks = fencedBlocks(section, file);
    if (blocks.length === 0) throw new Error(`${file}:${section[0]?.line}: @example without a \`\`\`ts block`);
    return blocks;
  });
}

/** All example blocks of the repository. */
export function repositoryBlocks(root: string): Block[] {
  const list = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) =>
      `${folder}/${path}`.replaceAll("\\", "/"),
    );
  const sources = readdirSync(join(root, "packages")).flatMap((name) => list(`packages/${name}/src`));
  const guides = ["README.md", "CONTRIBUTING.md", ...list("docs")].filter((path) => path.endsWith(".md"));
  return [...guides, ...sources.filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))]
    .filter((path) => !path.startsWith("docs/api/"))
    .flatMap((path) => findBlocks(readFileSync(join(root, path), "utf8"), path));
}
