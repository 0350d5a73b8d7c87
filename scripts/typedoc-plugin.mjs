// What TypeDoc cannot know. A constant that can be called, such as an op made by `elementwise()`, is a function to its
// readers, so it is shown as one. The comment at the end of the line of a field describes it, where it has no other.
// And a module is called what one writes to import it, not by its path.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Comment, Context, Converter, ReflectionKind } from "typedoc";
import ts from "typescript";

/** A comment at the end of the line of a field, such as `// [outFeatures, inFeatures]`. */
function trailingComment(symbol) {
  const declaration = symbol.getDeclarations()?.[0];
  if (!declaration) return undefined;
  const { text } = declaration.getSourceFile();
  const range = ts.getTrailingCommentRanges(text, declaration.end)?.[0];
  if (range?.kind !== ts.SyntaxKind.SingleLineCommentTrivia) return undefined;
  return new Comment([{ kind: "text", text: text.slice(range.pos + "//".length, range.end).trim() }]);
}

/** Marks a comment with `@function` if its symbol is a constant that can be called. */
function markCallable(comment, symbol, checker) {
  const type = checker.getTypeOfSymbol(symbol);
  const callable = type.getCallSignatures().length > 0 && type.getConstructSignatures().length === 0;
  if (callable) comment.modifierTags.add("@function");
}

/** TypeDoc asks one method for the comment of a symbol; what it cannot know is added there. */
function adjustComments() {
  const original = Context.prototype.getComment;
  Context.prototype.getComment = function (symbol, kind) {
    const comment = original.call(this, symbol, kind);
    if (comment === undefined) return kind === ReflectionKind.Property ? trailingComment(symbol) : undefined;
    if (kind === ReflectionKind.Variable) markCallable(comment, symbol, this.checker);
    return comment;
  };
}

/** The name that imports the module whose source is `path`: the package, and the subpath below `src/`. */
function importName(path) {
  const [, folder, subpath] = /^(.*)[\\/]src(?:[\\/](.*))?$/.exec(dirname(path));
  const { name } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return subpath ? `${name}/${subpath}` : name;
}

export function load(app) {
  adjustComments();
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const reflection of context.project.getReflectionsByKind(ReflectionKind.Module)) {
      const path = context.project.getSymbolIdFromReflection(reflection)?.fileName;
      if (path) reflection.name = importName(path);
    }
    for (const reflection of context.project.getReflectionsByKind(ReflectionKind.Function)) {
      // The definition under `.op` is described once, by the type; repeating it under every op would bury the op.
      while (reflection.children?.length) context.project.removeReflection(reflection.children[0]);
    }
  });
}
