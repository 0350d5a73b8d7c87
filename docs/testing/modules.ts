import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import type { Block } from "./blocks.js";

/** A block written out as a module that can be imported and type-checked. */
export interface ExampleModule {
  readonly block: Block;
  readonly path: string;
}

/** Writes every block as a module of its own into `folder`, which is emptied first. */
export function writeModules(blocks: readonly Block[], folder: string): ExampleModule[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return blocks.map((block) => {
    const path = join(folder, `${block.file.replaceAll(/[^\w]+/g, "-")}-${block.line}.ts`);
    // The code begins on line 1, so that a place in the module is a place in the block; the end makes it a module.
    writeFileSync(path, `${block.code}\nexport {};\n`);
    return { block, path };
  });
}

/** Type-checks all modules in one program, against the sources; gives the errors of each, with file and line. */
export function typeErrors(modules: readonly ExampleModule[], root: string): Map<Block, string[]> {
  const { config } = ts.readConfigFile(join(root, "tsconfig.test.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, root);
  const paths = modules.map(({ path }) => path);
  const program = ts.createProgram(paths, { ...options, noUnusedLocals: false, noUnusedParameters: false });
  return new Map(
    modules.map(({ block, path }) => {
      const source = program.getSourceFile(path);
      const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
      return [block, diagnostics.map((diagnostic) => describe(diagnostic, block))];
    }),
  );
}

function describe({ file, start, messageText }: ts.Diagnostic, block: Block): string {
  const offset = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line : 0;
  return `${block.file}:${block.line + offset}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
}
